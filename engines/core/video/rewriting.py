"""Films read and written frame by frame: same times, the sound as it was, none of the notes about the maker.

A copy keeps neither the place nor the device nor subtitles; they may say who is in it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, TypeAlias

import av

from engines.core.errors import BadInput
from engines.core.frames import Image
from engines.core.outputs import media, new_file
from engines.core.video.film import Converter, Film
from engines.core.video.passes import Pictures
from engines.core.video.writing import KINDS as KINDS
from engines.core.video.writing import encodable, film_stream
from engines.core.words import one_of, tr

HINT = tr("Name the copy {kinds}", kinds=one_of(KINDS))


Change: TypeAlias = Callable[[int, Image], Image | None]
"""Takes a frame's number and picture: gives what is written instead, all of one size; None where it changed that."""


def rewrite(source: Path, out: Path, change: Change) -> int:
    """Copy a film with every frame changed; how many. The copy is whole or not there."""
    if out.suffix.lower() not in KINDS:
        raise BadInput(tr("A film cannot be written as '{suffix}'", suffix=out.suffix), path=out, hint=HINT)
    with (
        closing(Pictures(source, Film.open(source).timeline)) as pictures,
        new_file(out, media(out), [source]) as part,
        av.open(str(part), "w") as copy,
    ):
        return _rewrite(pictures, copy, change)


def _rewrite(pictures: Pictures, copy: Any, change: Change) -> int:
    sound, made, number, converter = _Sound(pictures, copy), None, 0, Converter()
    while (shown := pictures.read()) is not None:
        image = converter.bgr(shown.frame, pictures.codec)
        changed = change(number, image)
        image = image if changed is None else changed
        made = made or film_stream(copy, pictures.timeline, image)
        sound.send_on()
        copy.mux(made.encode(encodable(shown.seconds, image, pictures.timeline)))
        number += 1
    if made is None:
        raise BadInput(tr("No frame of this film can be read"), path=pictures.path)
    sound.send_on()
    copy.mux(made.encode(None))
    return number


class _Sound:
    """The film's sound as it is; nothing where there is none or the copy's kind cannot hold it."""

    def __init__(self, pictures: Pictures, copy: Any) -> None:
        self._copy, self._made = copy, None
        self._waiting: list[Any] = []
        streams = pictures.container.streams.audio
        try:
            self._made = copy.add_stream_from_template(streams[0]) if streams else None
        except (ValueError, OSError):
            return
        if self._made is not None:
            self._made.metadata.clear()
            self._index = streams[0].index
            pictures.beside = self._keep

    def _keep(self, packet: Any) -> None:
        if packet.stream_index == self._index and packet.dts is not None:
            self._waiting.append(packet)

    def send_on(self) -> None:
        """What was read since the last time; the copy must have its pictures' stream by now."""
        for packet in self._waiting:
            packet.stream = self._made
            self._copy.mux(packet)
        self._waiting.clear()
