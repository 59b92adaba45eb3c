"""Faces in a picture: found by a network at every size, and judged."""
