"""Widgets of the faces engine: the panel, the board, grids and overlays."""
