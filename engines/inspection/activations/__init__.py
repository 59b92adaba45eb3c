"""Values between layers: statistics, comparisons, the frames that excite a unit."""
