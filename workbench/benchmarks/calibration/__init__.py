"""Benchmarks of calibration: boards found, lenses and verdicts on made cases, views captured, frames straightened."""
