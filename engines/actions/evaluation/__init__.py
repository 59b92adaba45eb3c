"""How good scores are: per frame, per decile, ahead of time, at starts, as segments."""
