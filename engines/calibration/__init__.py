"""Calibration: a camera model with known errors from pictures of a board, and the live finder that helps."""
