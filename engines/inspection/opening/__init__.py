"""Opening of model files: told by content, judged before anything is read into memory, never executed."""
