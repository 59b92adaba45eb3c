"""The studio: samples, flows, comparisons and training in the centre of the window."""
