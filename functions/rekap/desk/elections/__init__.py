"""Election folders: plain text that a person can write, read strictly and completely.

`folder.read` gives an `Election` or every problem of the folder at once, each with its file, line
and column and with what to do. Nothing is repaired or converted.
"""
