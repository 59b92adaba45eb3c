"""The actions panel, a section a file."""
