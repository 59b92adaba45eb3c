"""Labels of a video: segments on tracks, and the files other tools keep them in."""
