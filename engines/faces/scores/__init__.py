"""What a similarity is worth: impostors, tails, thresholds and probabilities, with intervals."""
