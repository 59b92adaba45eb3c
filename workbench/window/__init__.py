"""The window: docks, centre, presets, toolbar, theme."""
