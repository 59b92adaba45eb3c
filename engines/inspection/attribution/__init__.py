"""Attribution: which pixels an output rests on, by methods that can be compared."""
