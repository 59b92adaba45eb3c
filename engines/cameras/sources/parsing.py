"""Parses what a user drops or types into a source; gives its title in words, and its JSON."""

from __future__ import annotations

import glob
import os
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from engines.cameras.sources.tiles import TileGrid
from engines.cameras.types import (
    FileSource,
    FolderSource,
    SceneSource,
    SimpleSource,
    Source,
    StreamSource,
    TiledSource,
    UsbSource,
)
from engines.core.addresses import bare, ill_written, typed, without_passwords
from engines.core.errors import BadInput, UsageError
from engines.core.names import shown
from engines.core.pictures.files import READABLE
from engines.core.pictures.heads import head_of
from engines.core.reading import read_json, regular_file
from engines.core.spec import from_json, to_json
from engines.core.video.faults import check_file
from engines.core.words import tr

SCHEMES = ("rtsp", "rtsps", "rtmp", "http", "https", "udp", "rtp", "srt", "tcp")
"""Addresses that are streams."""
MOVING = (".gif", ".avif", ".png", ".webp")
MOST_HEAD = 1 << 26
FORMS = tr("a video, a folder, a picture, rtsp://..., usb:0, scene, or tiled:2x2: before any of these")
_KINDS: dict[str, type[Source]] = {
    "usb": UsbSource,
    "file": FileSource,
    "folder": FolderSource,
    "stream": StreamSource,
    "scene": SceneSource,
    "tiled": TiledSource,
}
_MOST = {"fps": 1000, "speed": 1000, "timeout": 3600, "noise": 255, "blur": 100, "width": 32767, "height": 32767,
         "backend": 2**31 - 1}  # fmt: skip
"""The largest numbers of saved sources; the least is 0."""
_TILED = re.compile(r"tiled:(\d+)x(\d+):(.+)", re.DOTALL)


def source_from(text_or_path: str | Path) -> Source:
    """The source that a path, an address or a word stands for.

    A path, `file://...`, `rtsp://...`, `usb:0`, `usb:NAME`, `scene`, `scene:1`, `tiled:2x2:` before any of these, or
    the `.json` of a saved source. An image stands for the numbered series it belongs to, or else for its folder.
    Raises `UsageError` or `BadInput` with words.
    """
    text = str(text_or_path).strip()
    if not text:
        raise UsageError(tr("No source is named"), hint=tr("Give {forms}", forms=FORMS))
    if "\0" in text:
        raise BadInput(tr("A source's name cannot hold a null character"), hint=tr("Give {forms}", forms=FORMS))
    if match := _TILED.fullmatch(text):
        return _tiled(int(match[1]), int(match[2]), match[3])
    scheme = text.partition(":")[0].lower()
    if scheme == "scene":
        return _scene(text)
    if scheme == "usb":
        return _usb(text[4:].strip())
    if "://" in text and scheme in SCHEMES:
        return stream_source(text)
    if scheme == "file" and "://" in text:
        return _from_path(_local(text))
    return _from_path(os.path.expanduser(text))


def title(source: Source) -> str:
    """What a list calls the source: its own name, or words made from what it is; in letters that can be shown."""
    return shown(bare(source.name) or _title(source))


def sample_source() -> TiledSource:
    """What File > Open sample shows: four rendered cameras around a moving board, as one picture of four tiles."""
    from engines.cameras.scene.rig import NAMES

    return TiledSource(SceneSource(), 2, 2, NAMES[4], tr("Sample rig"))


def parse(data: object) -> Source:
    """A source from its JSON object. Raises `BadInput` that names the field that does not fit."""
    kind = data.get("kind") if isinstance(data, dict) else None
    if not isinstance(kind, str) or kind not in _KINDS:
        raise BadInput(
            tr("This is not a saved source"), hint=tr("Its kind must be one of {kinds}", kinds=", ".join(_KINDS))
        )
    source: Source = from_json(_KINDS[kind], data)
    TileGrid.of(source)
    _check_numbers(source.of if isinstance(source, TiledSource) else source)
    return source


def dump(source: Source) -> dict[str, object]:
    """The JSON object of a source; `parse` gives the same source again, but for the passwords in its address."""
    return dict(without_passwords(to_json(source)))


def stream_source(url: str, name: str = "", timeout: float = 10.0) -> StreamSource:
    """The source of a stream's address. Raises `UsageError` for one that cannot work, without showing a password."""
    url = url.strip()
    check_address(url)
    return StreamSource(url, name, timeout)


def _check_numbers(source: SimpleSource) -> None:
    """Raise `BadInput` for a number that no source of this kind can have."""
    for name, most in _MOST.items():
        value = getattr(source, name, 0)
        if not 0 <= value <= most:
            raise BadInput(
                tr("This source's {name} cannot be {value:g}", name=name, value=value),
                hint=tr("0 to {most}", most=most),
            )


def _title(source: Source) -> str:
    if isinstance(source, TiledSource):
        return tr("{title}, {rows} x {columns} tiles", title=title(source.of), rows=source.rows, columns=source.columns)
    if isinstance(source, UsbSource):
        return tr("Camera {address}", address=source.address)
    if isinstance(source, StreamSource):
        return _host(source.url)
    if isinstance(source, SceneSource):
        return tr("Rendered camera") if source.cameras == 1 else tr("Rendered rig of {cameras}", cameras=source.cameras)
    if isinstance(source, FolderSource) and source.pattern != "*":
        return f"{Path(source.path).name}/{_unescaped(source.pattern)}"
    return Path(source.path).name or source.path


def check_address(url: str) -> None:
    """Raise `UsageError` for what is not the address of a stream."""
    example = tr("For example rtsp://camera.local/live")
    if hint := ill_written(url):
        raise UsageError(tr("The name or password in this address holds a character that ends it"), hint=hint)
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise UsageError(tr("'{bare}' is not an address", bare=bare(url)), hint=example) from error
    if parts.scheme.lower() not in SCHEMES:
        raise UsageError(tr("'{url}' is not a stream's address", url=typed(url)), hint=example)
    if not host:
        raise UsageError(tr("'{bare}' names no host", bare=bare(url)), hint=example)


def _tiled(rows: int, columns: int, rest: str) -> TiledSource:
    of = source_from(rest)
    if isinstance(of, TiledSource):
        raise UsageError(tr("A tiled source cannot be tiled again"), hint=tr("Give {forms}", forms=FORMS))
    source = TiledSource(of, rows, columns)
    TileGrid.of(source)
    return source


def _scene(text: str) -> SimpleSource:
    match text.lower():
        case "scene" | "scene:4":
            return SceneSource()
        case "scene:1":
            return SceneSource(cameras=1)
        case "scene:2":
            return SceneSource(cameras=2)
    raise UsageError(
        tr("'{text}' is not a rendered scene", text=text), hint=tr("Write scene, scene:1, scene:2 or scene:4")
    )


def _usb(address: str) -> UsbSource:
    if address.isdecimal() or address.startswith("/"):
        return UsbSource(address)
    from engines.cameras.sources.usb import list_cameras

    cameras = list_cameras()
    for camera in cameras:
        if address and address.casefold() in camera.name.casefold():
            return UsbSource(camera.address, camera.name, camera.backend)
    names = ", ".join(camera.name for camera in cameras) or tr("none is connected")
    raise BadInput(tr("There is no camera '{address}'", address=address), hint=tr("Cameras: {names}", names=names))


def _local(url: str) -> str:
    """The path of a `file://` address, also one whose name is not UTF-8."""
    path = "/" + url.partition("://")[2].partition("/")[2]
    if os.name != "nt":
        return os.fsdecode(unquote_to_bytes(path))
    from urllib.request import url2pathname

    return url2pathname(path)


def _from_path(text: str) -> Source:
    path = Path(text)
    if os.path.isdir(text):
        return FolderSource(str(path))
    if not os.path.exists(text):
        raise BadInput(
            tr("'{text}' is neither a file nor an address", text=typed(text)), hint=tr("Give {forms}", forms=FORMS)
        )
    regular_file(path, what=tr("video, picture or saved source"))
    suffix = path.suffix.lower()
    if suffix == ".json":
        return _saved(path)
    if suffix not in READABLE:
        return FileSource(str(path))
    if not _moves(path, suffix):
        return FolderSource(str(path.parent), pattern=_series(path))
    check_file(path)
    return FileSource(str(path))


def _moves(path: Path, suffix: str) -> bool:
    """Whether it is a picture of a kind that is played as a film where it holds several."""
    if suffix not in MOVING:
        return False
    with path.open("rb") as file:
        head = head_of(file.read(MOST_HEAD))
    return head is not None and head.several


def _saved(path: Path) -> Source:
    """A saved source; relative paths count from where it is saved."""
    try:
        data = read_json(path)
        source = parse(data)
    except BadInput as error:
        raise BadInput(error.message, path=path, hint=error.hint) from error
    if isinstance(source, TiledSource):
        return TiledSource(_placed(source.of, path.parent), source.rows, source.columns, source.tiles, source.name)
    return _placed(source, path.parent)


def _placed(source: SimpleSource, folder: Path) -> SimpleSource:
    if isinstance(source, FileSource | FolderSource):
        return replace(source, path=str(folder / source.path))
    return source


def _series(path: Path) -> str:
    """left01.jpg stands for left*.jpg; an image without a number for every image of its folder."""
    match = re.fullmatch(r"(.*?)\d+", path.stem)
    return f"{glob.escape(match[1])}*{glob.escape(path.suffix)}" if match else "*"


def _unescaped(pattern: str) -> str:
    return re.sub(r"\[(.)\]", r"\1", pattern)


def _host(url: str) -> str:
    """Host and path of an address, also of one that cannot work."""
    _, _, place = bare(url).partition("://")
    place = re.split(r"[?#]", place.rpartition("@")[2], maxsplit=1)[0].rstrip("/")
    host, slash, path = place.partition("/")
    return f"{re.sub(r':[0-9]*$', '', host) or bare(url)}{slash}{path}"
