"""How the window keeps what it shows, and how large projects open."""
