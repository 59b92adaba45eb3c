"""The attention lab's room in the window: a panel of settings and a board of three pages."""
