"""The command line of the Inspector: what a model file is, its fields, attributions, and comparisons."""
