"""The commands of a reader: what is asked on a line, and what is told of the answer."""
