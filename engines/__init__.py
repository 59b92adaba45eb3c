"""What is computed. Nothing here imports Qt: every engine runs on a server with no display."""
