"""Exact receptive fields, and the effective ones by gradients."""
