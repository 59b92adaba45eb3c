"""`python -m kinoscope` is the `kinoscope` command, where the folder of commands is not on the PATH."""

from __future__ import annotations

import sys

from kinoscope import main

if __name__ == "__main__":
    sys.exit(main())
