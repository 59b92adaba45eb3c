"""Model files of action detection: weights, standardisation and card in one file."""
