"""`main.py sample`: sampling, studies and training of generative models."""
