"""Panels and windows that belong to no engine: jobs, log, properties, settings, help, palette."""
