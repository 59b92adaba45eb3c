"""The project file, the settings, and the deletion of personal data."""
