"""The installed program: it lies in the private folder `_app`, which is put first on the path of this process alone.

Installed as editable it is the tree that this file is of. Worker processes are given the path of the process that
starts them; nobody else ever sees what is in the folder.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path


def main() -> int:
    """The `kinoscope` command; its exit code."""
    here = Path(__file__).resolve().parent
    ours = here / "_app"
    sys.path.insert(0, str(ours if ours.is_dir() else here.parents[1]))
    return import_module("main").main()
