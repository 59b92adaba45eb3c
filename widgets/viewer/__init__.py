"""Pictures of feeds: a grid of tiles, each with its overlays and its transport."""
