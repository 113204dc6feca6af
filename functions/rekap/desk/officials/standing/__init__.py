"""Where statements stand, from the public files alone."""
