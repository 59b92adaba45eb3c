"""Widgets of generative models: the panel of settings and the studio of results."""
