"""Seeing: what the attention layers of a network look at while it samples."""
