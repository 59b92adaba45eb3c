"""Lengths as people see and type them, in the unit of their choice; values stay as they are everywhere else."""
