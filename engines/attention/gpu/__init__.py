"""Attention kernels in Triton, for NVIDIA GPUs: they need the package `triton`, which comes with torch's CUDA builds.

Without a GPU they run in Triton's interpreter, where TRITON_INTERPRET=1 is set before the first is launched.
"""
