"""Recognisers of one's own: margin softmax, partial FC, regression with a learned spread. Needs torch."""
