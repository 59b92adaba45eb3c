"""What those need who do not see the screen or use no mouse: roles, keys, a focus to see, and words that are whole."""
