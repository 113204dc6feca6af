"""What goes to a portal and comes back: queue, upload, answer, receipt, whom to trust."""
