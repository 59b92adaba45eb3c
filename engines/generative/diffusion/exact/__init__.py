"""What is exact: the end of the ODE, its inverse, likelihoods."""
