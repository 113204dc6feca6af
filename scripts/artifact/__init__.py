"""The Lambda artifact: what goes into it, how it is packed, what it is made of."""
