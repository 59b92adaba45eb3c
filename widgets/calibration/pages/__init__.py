"""The calibration board: large pages that say how far a result can be trusted."""
