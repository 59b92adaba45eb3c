"""The meaning of a similarity: impostors, tails, thresholds and probabilities, with intervals."""
