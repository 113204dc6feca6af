"""The contract of the store's ports: clauses that every engine must keep.

A clause is a function of an engine, written once and run on each of them. It names the port methods
that it is about, and must call them. Collecting the tests fails if a method of a port has none.
"""
