"""A rendered rig of cameras in a room: its lenses, its moving board, its pictures."""
