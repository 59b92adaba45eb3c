"""The start page: examples, recent projects, and what was cut off."""
