"""Benchmarks of `main.py bench`, a file each."""
