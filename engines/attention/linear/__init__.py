"""Attention whose cost grows with the length alone: features of queries and keys, and a state of fixed size."""
