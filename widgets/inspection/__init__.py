"""Panel and board of the Inspector: what a model file is, and what it sees."""
