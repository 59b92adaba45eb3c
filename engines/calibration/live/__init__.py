"""The live finder: where a board is in each frame, what its view would add, and what to do next."""
