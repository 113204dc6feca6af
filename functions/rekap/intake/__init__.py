"""Accept or refuse what officials send, and give a receipt for what was accepted."""
