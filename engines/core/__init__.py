"""What all engines share: frames, contexts, the live contract, errors, boards, the model store, atomic files."""
