"""What is seen of faces: the panel, the board, grids and overlays."""
