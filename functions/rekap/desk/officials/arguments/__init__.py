"""What several commands name: options declared; files opened, or refused."""
