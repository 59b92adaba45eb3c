"""Layout of graphs in layers, folded by module, and files of it."""
