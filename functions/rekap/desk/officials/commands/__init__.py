"""What an official types: one module for each command, and nothing that another one needs."""
