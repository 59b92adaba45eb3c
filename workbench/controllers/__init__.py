"""Controllers join widgets to engines, a package a feature; what all share is in `common` and `shell`."""
