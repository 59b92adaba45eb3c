"""Sources: their list, the form that adds one, and the choice of one."""
