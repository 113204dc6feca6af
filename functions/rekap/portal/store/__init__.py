"""Adapters: the only importers of a database or a cloud client.

`local` keeps a whole portal in one folder: one SQLite file and plain files.
"""
