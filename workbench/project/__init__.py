"""What is kept: the project file, settings, and what is deleted for good."""
