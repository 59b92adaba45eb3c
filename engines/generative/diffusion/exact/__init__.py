"""Exact results: the end of the ODE and likelihoods."""
