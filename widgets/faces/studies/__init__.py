"""Studies of recognition: threshold, verification, evaluation, audit, training."""
