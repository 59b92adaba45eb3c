"""The sampling job: what it starts from, its plan, its checks and its files."""
