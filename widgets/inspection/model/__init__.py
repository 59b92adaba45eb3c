"""The page that says what a model file is."""
