"""Films: which pictures they hold, in which order and at which times, and where they are broken."""
