"""Jobs that look at samplers and models: comparisons, error curves, flows, spectra."""
