"""Training on clips and on feature folders; model files that carry their preprocessing."""
