"""From pictures of a board to a camera model whose figures can be trusted, and the live finder that helps to take them."""
