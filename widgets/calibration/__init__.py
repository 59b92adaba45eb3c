"""The calibration panel: settings, views, figures and verdict."""
