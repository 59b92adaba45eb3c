"""A report of a problem: what is gathered for it, and what is taken out of it before anyone sees it."""
