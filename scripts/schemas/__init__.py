"""JSON Schemas (2020-12) of what the log and the site hold, made from the code that reads them."""
