"""Networks made of a graph's nodes, with every value in between within reach."""
