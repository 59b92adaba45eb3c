"""The noise axis: processes, levels, schedules, weights, and denoisers on it."""
