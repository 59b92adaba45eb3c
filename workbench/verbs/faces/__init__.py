"""`main.py faces`: galleries, studies, redaction, gaze and training."""
