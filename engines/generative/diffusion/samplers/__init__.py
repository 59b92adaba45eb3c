"""Samplers of the ODE and the SDE, each a plain function over `D(y, sigma)`."""
