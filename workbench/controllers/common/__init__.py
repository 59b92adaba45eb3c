"""Parts that the controllers of several engines share."""
