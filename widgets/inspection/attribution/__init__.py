"""The page of attribution: which pixels an output rests on."""
