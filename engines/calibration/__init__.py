"""From pictures of a board to a camera model with figures to trust, and the live finder that helps to take them."""
