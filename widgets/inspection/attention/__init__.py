"""The page of attention on the picture."""
