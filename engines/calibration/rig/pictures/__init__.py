"""The pictures of a rig: which there are, which are of one moment, and what is seen in them."""
