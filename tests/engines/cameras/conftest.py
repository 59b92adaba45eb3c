"""Feeds that run for the length of a test, and small recordings to play."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import pytest

from engines.cameras.feed.running import Feed
from tests.engines.cameras.films import Running, numbered, write_video


@pytest.fixture
def run() -> Iterator[Callable[[Feed], Running]]:
    """Start a feed; it is stopped at the end of the test."""
    started: list[Running] = []

    def start(feed: Feed) -> Running:
        running = Running(feed)
        started.append(running)
        running.thread.start()
        return running

    yield start
    for running in started:
        running.stop()


@pytest.fixture
def video(tmp_path: Path) -> Callable[..., Path]:
    """Write a video whose picture n shows n in ten black and white blocks."""

    def write(name: str = "film.mp4", frames: int = 40, **wishes: Any) -> Path:
        return write_video(tmp_path / name, frames, **wishes)

    return write


@pytest.fixture
def pictures(tmp_path: Path) -> Callable[..., Path]:
    """Write a folder: name to number, (number, size), raw bytes, or None for a text file."""

    def write(files: dict[str, Any], folder: str = "pictures", gray: bool = False) -> Path:
        root = tmp_path / folder
        root.mkdir()
        for name, content in files.items():
            (root / name).write_bytes(_content(name, content, gray))
        return root

    return write


def _content(name: str, content: Any, gray: bool) -> bytes:
    if content is None:
        return b"words"
    if isinstance(content, bytes):
        return content
    number, size = content if isinstance(content, tuple) else (content, (160, 96))
    image = cv2.resize(numbered(number), size, interpolation=cv2.INTER_NEAREST)
    return cv2.imencode(Path(name).suffix, image[..., 0] if gray else image)[1].tobytes()
