"""The attention verb: what the lab does, without the window."""
