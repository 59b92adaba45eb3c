"""What is looked at: the tiled algorithm tile by tile, and what networks attended to. No torch, no Qt."""
