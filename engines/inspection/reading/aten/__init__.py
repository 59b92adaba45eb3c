"""Programs of ATen operators as graphs: calls by argument name, told by kind, whatever file they came from."""
