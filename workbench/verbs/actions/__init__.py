"""`main.py actions`: features, training, detection and evaluation."""
