"""`python -m ... PATH MEMORY SECONDS`: a child that sleeps, grows or writes, as the name of the path says."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from engines.inspection.opening.child import answer, limit


def misbehave(path: Path) -> None:
    if path.name == "sleep":
        signal.pause()
    elif path.name == "grow":
        sys.stdout.write(str(len(bytearray(2 << 30))))
    else:
        path.write_bytes(bytes(10))


if __name__ == "__main__":
    limit(int(sys.argv[2]), int(sys.argv[3]))
    try:
        misbehave(Path(sys.argv[1]))
    except (MemoryError, OSError) as error:
        answer({"error": f"{type(error).__name__}: {error}"})
