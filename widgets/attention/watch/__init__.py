"""Watching: the tiled algorithm gone through on a small matrix."""
