"""Faces in running pictures: tracks, names that rest on evidence, the live recogniser, covered faces."""
