"""Copies of pictures and films in which faces are covered."""
