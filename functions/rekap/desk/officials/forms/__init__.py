"""From the figures of a paper to a draft, with everything that will be said of it."""
