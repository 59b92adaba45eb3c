"""All that is computed. Nothing here imports Qt: every engine runs on a server with no display."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
"""Threads of a network that wait for one another sleep instead of spinning. Spinning costs nothing on an idle machine
and everything beside other work: with a training on the same two cores, ten steps took 104 s instead of 2.5 s. It is
read once, when torch is first imported."""

os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(1 << 28))
"""A second line behind the reader of pictures, which looks at a file's head: what says it is larger is not decoded.
Read once, when OpenCV is first imported."""
