"""What speaks for a rig and against it."""
