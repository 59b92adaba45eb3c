"""Kernels that compute softmax(q k^T scale + bias) v and nothing less."""
