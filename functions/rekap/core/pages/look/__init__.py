"""What is drawn, and what a page carries besides: style, scripts, the check.

drawings  charts  maps  squares  how numbers are set and drawn
style  scripts  box  summary  verifier  what a page carries besides
"""
