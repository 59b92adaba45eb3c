"""`main.py calibrate`: a camera from photographs of a board."""
