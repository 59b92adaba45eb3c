"""The rig in space: its cameras, the boards as they stood, triangulated points, and how certain all of it is."""
