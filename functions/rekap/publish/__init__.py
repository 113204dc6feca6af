"""2. Show the log, and nothing else: twins, pages and bulk data as functions of its entries."""
