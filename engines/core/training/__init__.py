"""The parts that every training shares: loop, schedule, early stop, state, checkpoints, curves."""
