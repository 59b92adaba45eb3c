"""Joins the calibration panel to cameras, jobs and files."""
