"""Sources as people name them: parsed, recognised, listed and tiled."""
