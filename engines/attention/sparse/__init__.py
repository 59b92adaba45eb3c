"""Softmax attention over some of the keys, at the cost of those alone: no score is computed that a pattern hides."""
