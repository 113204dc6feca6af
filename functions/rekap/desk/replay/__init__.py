"""Replay of election folders: who signs what, in which order, through the real functions.

`rounds` says which forms and decisions belong together, `stages` puts the statements of all folders
in waves, `functions` sends them as events, `importer` runs it all and compares what went in with
what the log holds. Deterministic: the same folders,
seed, origin and release give the same log, byte for byte.
"""
