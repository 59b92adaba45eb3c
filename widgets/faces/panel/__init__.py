"""The faces panel, a section a file."""
