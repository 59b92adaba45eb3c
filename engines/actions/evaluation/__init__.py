"""Measures of scores: per frame, per decile, ahead of time, at starts, as segments."""
