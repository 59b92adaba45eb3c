"""Models by name, file and folder: listed, described, checked and opened."""
