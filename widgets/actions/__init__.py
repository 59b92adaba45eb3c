"""The panel, the board and the overlays of action detection."""
