"""No logic reads English: what tests of the window find by ids holds in the stretched language too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
FILES = ("test_jobs_panel.py", "test_menus_and_keys.py", "test_source_changes.py")


def test_the_window_works_the_same_in_another_language() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *FILES]
    spoken = os.environ | {"KINOSCOPE_LANGUAGE": "stretched"}
    done = subprocess.run(command, cwd=HERE, env=spoken, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
