"""The page that compares two models or two pictures, layer by layer."""
