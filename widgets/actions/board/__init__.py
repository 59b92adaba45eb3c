"""The action board: training and evaluation in the centre of the window."""
