"""How good recognition is: thresholds of a gallery, verification, evaluation, open sets, wrong names."""
