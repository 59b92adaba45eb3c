"""One small form for each kind of source, which makes the source or says what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLayout, QWidget

from engines.cameras.sources.parsing import stream_source
from engines.cameras.types import (
    FileSource,
    FolderSource,
    SceneSource,
    Source,
    StreamSource,
    UsbCamera,
    UsbSource,
)
from engines.core.addresses import bare
from engines.core.boards import Board
from engines.core.errors import UsageError
from engines.core.words import tr
from widgets.kit.fields import ChoiceField, NumberField, PlainButton, QuietButton, Segmented, TextField, Toggle
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.panel import columns, labelled
from widgets.kit.save_file import ask_folder, ask_open

BOARDS = tr("chessboard:9x6:25mm or charuco:5x4:54mm:40.5mm:DICT_4X4_50")
VIDEOS = tr("Videos (*.mp4 *.mov *.mkv *.avi *.webm *.m4v *.mpg *.ts);;All files (*)")
SIZES = (
    ("", tr("As the camera gives")),
    ("640x480", "640 × 480"),
    ("1280x720", "1280 × 720"),
    ("1920x1080", "1920 × 1080"),
)


class SourceFields(QWidget):
    """The form of one kind. `source(name)` gives the source; `UsageError` says in words what is not right yet."""

    changed = Signal()
    first: QWidget
    """Where typing begins."""

    def __init__(self) -> None:
        super().__init__()
        self.column = column_of(spacing=12)
        self.setLayout(self.column)

    def lay_out(self, *rows: QWidget | QLayout) -> None:
        """More rows, from the top."""
        for row in rows:
            self.column.addWidget(row) if isinstance(row, QWidget) else self.column.addLayout(row)

    def source(self, name: str) -> Source:
        raise NotImplementedError

    def show_source(self, source: Any) -> None:
        """Fill the form with a source of its kind, for it to be edited; what has no field is kept as it is."""
        raise NotImplementedError

    def forget(self) -> None:
        """The source was made: what is secret is not shown again."""

    def _tell(self, *_values: object) -> None:
        self.changed.emit()


class UsbFields(SourceFields):
    """A camera chosen by its name."""

    def __init__(self) -> None:
        super().__init__()
        self._cameras: dict[str, UsbCamera] = {}
        self._known: UsbCamera | None = None
        self.first = self.camera = ChoiceField(tr("Camera"), tip=tr("Cameras that the system lists"))
        self.rescan = QuietButton("", "retry", tr("Look for cameras again"), name=tr("Look again"))
        self.picture = ChoiceField(tr("Picture size"), SIZES, tip=tr("A wish: the camera gives the nearest it has"))
        self.rate = NumberField(tr("Rate"), 0, 0, 240, unit="fps", tip=tr("A wish; 0 leaves it to the camera"))
        self.rate.setSpecialValueText(tr("as it gives"))
        wishes = columns(labelled(tr("Picture size"), self.picture), labelled(tr("Rate"), self.rate))
        self.lay_out(labelled(tr("Camera"), held(row_of((self.camera, 1), self.rescan, spacing=4))), wishes)
        self.camera.chosen.connect(self._tell)
        self.set_cameras([UsbCamera(tr("First camera"), "0")])

    def set_cameras(self, cameras: Sequence[UsbCamera]) -> None:
        """The cameras there are; none at all is said in the field."""
        known = [self._known] if self._known is not None else []
        self._cameras = {_key(camera): camera for camera in (*known, *cameras)}
        listed = [(id, camera.name) for id, camera in self._cameras.items()]
        self.camera.set_choices(listed or [("", tr("No camera found"))])
        self._tell()

    def source(self, name: str) -> UsbSource:
        camera = self._cameras.get(self.camera.value())
        if camera is None:
            raise UsageError(tr("No camera is connected"), hint=tr("Plug one in and look again"))
        wide, _, high = self.picture.value().partition("x")
        size = (int(wide), int(high)) if wide else (0, 0)
        known = camera.name if name and name != camera.name else ""
        return UsbSource(camera.address, name or camera.name, camera.backend, *size, self.rate.value(), known)

    def show_source(self, source: UsbSource) -> None:
        """The camera is offered though it may not be connected now."""
        self._known = UsbCamera(source.camera or source.name or source.address, source.address, source.backend)
        self.set_cameras(list(self._cameras.values()))
        size = f"{source.width}x{source.height}" if source.width else ""
        more = [] if size in dict(SIZES) else [(size, size.replace("x", " × "))]
        self.picture.set_choices([*SIZES, *more])
        self.picture.set_value(size)
        self.camera.set_value(_key(self._known))
        self.rate.setValue(source.fps)


class _PathFields(SourceFields):
    """A path with a button that opens the system's chooser."""

    def __init__(self, label: str, placeholder: str, tip: str) -> None:
        super().__init__()
        self.first = self.path = TextField(label, placeholder=placeholder, tip=tip)
        self.path.textChanged.connect(self._tell)
        self.browse = PlainButton(tr("Choose…"), tip=tr("Choose in the file system"))
        self.browse.clicked.connect(self._browse)
        self.lay_out(labelled(label, held(row_of((self.path, 1), self.browse, spacing=8))))

    def _browse(self) -> None:
        if path := self._ask(self.path.accessibleName()):
            self.path.setText(path)

    def _ask(self, title: str) -> str:
        """A path that the user chooses, "" for none."""
        raise NotImplementedError


class FileFields(_PathFields):
    """A video file."""

    def __init__(self) -> None:
        super().__init__(tr("Video file"), "/path/to/video.mp4", tr("A file, or drop one on the window"))
        self._speed = 1.0
        self.loop = Toggle(tr("Begin again at the end"), False, tip=tr("Loop; can be changed while it plays"))
        self.lay_out(self.loop)

    def source(self, name: str) -> FileSource:
        path = _existing(self.path.text(), tr("video file"))
        if path.is_dir():
            raise UsageError(tr("This is a folder"), hint=tr("Add it as a folder of pictures"))
        return FileSource(str(path), name, self.loop.isChecked(), self._speed)

    def show_source(self, source: FileSource) -> None:
        self.path.setText(source.path)
        self.loop.setChecked(source.loop)
        self._speed = source.speed

    def _ask(self, title: str) -> str:
        return ask_open(self, title, "film", VIDEOS, self.path.text())


class FolderFields(_PathFields):
    """A folder of images."""

    def __init__(self) -> None:
        super().__init__(tr("Folder"), "/path/to/images", tr("Its pictures are played in natural order"))
        self.pattern = TextField(tr("Pattern"), "*", tip=tr("Which files, for example left*.jpg"))
        self.rate = NumberField(tr("Rate"), 5, 0.1, 240, unit="fps", decimals=1, tip=tr("Pictures per second"))
        self.loop = Toggle(tr("Begin again at the end"), True, tip=tr("Loop; can be changed while it plays"))
        self.lay_out(columns(labelled(tr("Files"), self.pattern), labelled(tr("Rate"), self.rate)), self.loop)

    def source(self, name: str) -> FolderSource:
        path = _existing(self.path.text(), "folder")
        if not path.is_dir():
            raise UsageError(tr("This is a file, not a folder"))
        pattern = self.pattern.text().strip() or "*"
        return FolderSource(str(path), name, pattern, self.rate.value(), self.loop.isChecked())

    def show_source(self, source: FolderSource) -> None:
        self.path.setText(source.path)
        self.pattern.setText("" if source.pattern == "*" else source.pattern)
        self.rate.setValue(source.fps)
        self.loop.setChecked(source.loop)

    def _ask(self, title: str) -> str:
        return ask_folder(self, title, "pictures", self.path.text())


class StreamFields(SourceFields):
    """A network stream."""

    def __init__(self) -> None:
        super().__init__()
        self.url = TextField(
            tr("Address"), placeholder="rtsp://camera.local/live", tip=tr("RTSP or HTTP, with user:password@ if needed")
        )
        self.url.textChanged.connect(self._tell)
        self._whole = ""
        self.timeout = NumberField(tr("Give up after"), 10, 1, 120, unit="s", tip=tr("How long to wait for an answer"))
        self.lay_out(labelled(tr("Address"), self.url), columns(labelled(tr("Give up after"), self.timeout), QWidget()))
        self.first = self.url

    def source(self, name: str) -> StreamSource:
        url = self.url.text().strip()
        if not url:
            raise UsageError(tr("The address is missing"), hint=tr("For example rtsp://camera.local/live"))
        return stream_source(self._whole if url == bare(self._whole) else url, name, self.timeout.value())

    def show_source(self, source: StreamSource) -> None:
        """Without its password, which stays what it is while the address does."""
        self._whole = source.url
        self.url.setText(bare(source.url))
        self.timeout.setValue(source.timeout)
        kept = tr("The password is kept unless you type another one: user:password@host")
        self.url.setToolTip(kept if self.url.text() != source.url else self.url.toolTip())

    def forget(self) -> None:
        self.url.setText(bare(self.url.text()))
        self._whole = ""


class SceneFields(SourceFields):
    """A rendered rig."""

    def __init__(self) -> None:
        super().__init__()
        self._shown = SceneSource()
        self.cameras = Segmented(
            tr("Cameras"), [("1", "1"), ("2", "2"), ("4", "4")], "4", tip=tr("How many look at the board")
        )
        self.rate = NumberField(tr("Rate"), 30, 1, 120, unit="fps", tip=tr("Pictures per second"))
        self.board = TextField(
            tr("Board"), "chessboard:9x6:25mm", tip=tr("What moves before the cameras: {boards}", boards=BOARDS)
        )
        self.board.textChanged.connect(self._tell)
        self.noise = NumberField(
            tr("Noise"), 2, 0, 50, unit=tr("levels"), decimals=1, tip=tr("Standard deviation in grey levels")
        )
        self.blur = NumberField(
            tr("Blur"), 0.6, 0, 10, unit="px", decimals=1, step=0.1, tip=tr("Standard deviation in pixels")
        )
        self.first = self.board
        look = columns(labelled(tr("Noise"), self.noise), labelled(tr("Blur"), self.blur))
        rig = columns(labelled(tr("Cameras"), self.cameras), labelled(tr("Rate"), self.rate))
        self.lay_out(rig, labelled(tr("Board"), self.board), look)

    def source(self, name: str) -> SceneSource:
        return replace(
            self._shown,
            name=name,
            board=Board.parse(self.board.text()),
            cameras={"1": 1, "2": 2, "4": 4}[self.cameras.value()],  # type: ignore[arg-type]
            fps=self.rate.value(),
            noise=self.noise.value(),
            blur=self.blur.value(),
        )

    def show_source(self, source: SceneSource) -> None:
        self._shown = source
        self.cameras.set_value(str(source.cameras))
        self.rate.setValue(source.fps)
        self.board.setText(str(source.board))
        self.noise.setValue(source.noise)
        self.blur.setValue(source.blur)


def _key(camera: UsbCamera) -> str:
    return f"{camera.backend}:{camera.address}"


def _existing(text: str, what: str) -> Path:
    text = text.strip()
    if not text:
        raise UsageError(tr("The {what} is missing", what=what), hint=tr("Browse for it, or type its path"))
    path = Path(text).expanduser()
    if not path.exists():
        raise UsageError(tr("There is no such {what}: {path}", what=what, path=path.name))
    return path
