"""The stream itself: chunks, decisions and events from a film or a live feed."""
