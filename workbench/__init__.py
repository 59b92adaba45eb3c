"""The application: window, threads and workers, feeds, jobs, settings, and the command line's verbs."""

import os

__version__ = "0.1.0"

# The helper threads of OpenCV spin after each call in the hope of the next. Four 1080p pictures at 30 per second then
# cost 2.4 ms of CPU each to scale in place of 1.5. Read when cv2 is imported, which nothing does before this package.
os.environ.setdefault("OPENCV_THREAD_POOL_ACTIVE_WAIT_WORKER", "0")
