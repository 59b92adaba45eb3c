"""Measurements of recognition: thresholds of a gallery, verification, evaluation, open sets, wrong names."""
