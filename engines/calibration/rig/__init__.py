"""Cameras together: a pair or a rig, solved jointly, judged, compared and used to measure in space."""
