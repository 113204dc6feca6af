"""The queue, and the way of a statement to the portal's receipt."""
