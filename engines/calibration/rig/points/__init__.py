"""Points that several cameras see, and where they are in space."""
