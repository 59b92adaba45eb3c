"""Generative models: data, networks, runs and training that families share, and a package a family."""
