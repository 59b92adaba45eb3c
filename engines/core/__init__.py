"""Contracts and tools of all engines: frames, contexts, live engines, errors, boards, the model store, whole files."""
