"""The fit of a camera: its models, its adjustment, its uncertainty."""
