"""The tour: a walk through every panel with pictures."""
