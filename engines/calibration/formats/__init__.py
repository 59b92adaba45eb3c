"""Calibrations on disk, as other tools read and write them."""
