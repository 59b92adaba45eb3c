"""Controllers join panels to engines: a package an engine, over what all share."""
