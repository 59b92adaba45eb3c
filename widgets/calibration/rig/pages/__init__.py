"""The pages of the rig's board, each with its own part of the board's view."""
