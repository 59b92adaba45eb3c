"""The choice of `auto`: which kernel is the fastest for a request on this machine, measured once and kept."""
