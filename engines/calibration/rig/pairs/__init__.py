"""Two cameras of a rig side by side: rectified, compared row by row, and their depth."""
