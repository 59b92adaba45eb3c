"""Features of a moment: appearance, motion and body pose as vectors, cut into chunks of one rate."""
