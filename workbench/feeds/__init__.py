"""Feeds of the window: running, recorded, pictured, and their passwords."""
