"""What is computed. Nothing here imports Qt: every engine runs on a server with no display."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
"""Threads of a network that wait for one another sleep instead of spinning. Spinning costs nothing on an idle machine
and everything beside other work: with a training on the same two cores, ten steps took 104 s instead of 2.5 s. It is
read once, when torch is first imported."""
