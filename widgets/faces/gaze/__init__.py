"""Head pose, gaze, and the nine-point calibration on the screen."""
