"""The `rekap` command: argparse, the clock and the terminal live only here.

`main` knows the commands; each command is a module of its own and imports what it needs when run.
`elections` reads election folders, `replay` drives the functions with what they say.
"""
