"""Pictures that move: animated PNG and WebP, told by their heads. Their endings say nothing of it."""

from __future__ import annotations

from pathlib import Path

from engines.core.reading import regular_file

PNG, WEBP = b"\x89PNG\r\n\x1a\n", b"WEBP"
HEAD = 1 << 16
KINDS = (".png", ".apng", ".webp")
WEBP_FLAGS, WEBP_ANIMATION = 20, 0x02


def moves(path: str | Path) -> bool:
    """Whether a .png or .webp holds more than one picture. Raises as `regular_file` does."""
    path = Path(path)
    if path.suffix.lower() not in KINDS:
        return False
    with regular_file(path, what="picture").open("rb") as file:
        head = file.read(HEAD)
    if head.startswith(PNG):
        return b"acTL" in head.partition(b"IDAT")[0]
    flags = head[WEBP_FLAGS : WEBP_FLAGS + 1] if head[8:16] == WEBP + b"VP8X" else b""
    return bool(flags and flags[0] & WEBP_ANIMATION)
