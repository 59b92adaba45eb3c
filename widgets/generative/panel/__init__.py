"""The diffusion panel, a section a file."""
