"""What the controllers of several engines share."""
