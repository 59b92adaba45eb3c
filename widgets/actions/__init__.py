"""What is seen of action detection: the panel, the board, overlays."""
