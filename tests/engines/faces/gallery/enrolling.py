"""A process that enrols for ever and writes the id of each face to standard output once it is stored.

python -m tests.engines.faces.gallery.enrolling GALLERY SEED
"""

from __future__ import annotations

import os
import sys

from engines.faces.gallery.editing import Gallery
from engines.faces.gallery.rows import NewFace
from engines.faces.types import Quality
from tests.engines.faces.gallery.galleries import Maker


def main(path: str, seed: int) -> None:
    maker = Maker(seed)
    picture = maker.faces(0, 1)[0].picture
    quality = Quality(0.5, 0.5, 0.5, 0.5, 0.5, 0.5)
    with Gallery.open(path) as gallery:
        os.write(1, b"open\n")
        while True:
            person = int(maker.rng.integers(500))
            change = gallery.add(
                f"Person {person}", [NewFace(maker.vector(person), picture, quality, source=f"{seed}")]
            )
            os.write(1, f"{change.id}\n".encode())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
