"""What whoever runs a portal does by command: statements for the log, keys, tables again."""
