"""Where a face points and looks: landmarks, head pose, gaze, and a calibration of one's own."""
