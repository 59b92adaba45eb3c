"""One reader a kind of source: opens it, gives its pictures, closes it."""
