"""Readers of graphs: each turns one format into the same small value."""
