"""Makers of golden vectors: one function a file, its docstring is the file's description."""
