"""Training on one axis: settings, batches, state, checkpoints, classifiers, reflow."""
