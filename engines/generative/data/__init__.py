"""What generative models learn from and are compared with: data sets, moments, distances."""
