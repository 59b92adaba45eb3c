"""Data of generative models: data sets, their moments, distances to them."""
