"""The functions: an event comes in, one call is made, an answer goes out."""
