"""Figures of kernels: time, memory, errors, and what the machine allows."""
