"""The model store: what it can have, where that comes from, and how it is fetched and prepared."""
