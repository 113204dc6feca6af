"""How figures are set in rows.

rows  ladder  tables  how numbers are set and drawn
people                signers and officials
"""
