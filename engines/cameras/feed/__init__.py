"""A source that runs: its pace, its playback, its subscribers and its report."""
