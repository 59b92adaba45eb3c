"""Head pose and gaze: landmarks, head pose, gaze, and a calibration of one's own."""
