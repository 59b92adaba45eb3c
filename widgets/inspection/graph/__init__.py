"""The page of the graph, and the same as a table."""
