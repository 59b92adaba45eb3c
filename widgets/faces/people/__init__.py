"""The people of a gallery: portraits, one person, suggestions, history."""
