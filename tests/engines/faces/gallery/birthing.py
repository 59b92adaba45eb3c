"""Makes galleries in processes that kill themselves at one system call after the other, until one gets through.

python -m tests.engines.faces.gallery.birthing FOLDER   prints how many were killed
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from engines.faces.gallery.editing import Gallery
from tests.engines.faces.gallery.galleries import CARD

WATCHED = ("open", "sqlite3.connect", "os.rename", "os.link", "os.chmod", "os.remove")


def main(folder: Path) -> None:
    Gallery.create(folder / "first.faces", CARD).close()
    for place in range(1000):
        (folder / str(place)).mkdir()
        child = os.fork()
        if not child:
            _make(folder / str(place) / "g.faces", place)
        if os.waitpid(child, 0)[1] == 0:
            print(place)
            return


def _make(path: Path, place: int) -> None:
    seen = 0

    def kill(event: str, _: object) -> None:
        nonlocal seen
        if event in WATCHED:
            if seen == place:
                os.kill(os.getpid(), signal.SIGKILL)
            seen += 1

    sys.addaudithook(kill)
    Gallery.create(path, CARD)
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
