"""The page of feature maps and their statistics."""
