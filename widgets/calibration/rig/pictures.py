"""Where the pictures of a rig come from: cameras of the project, or files, tiled or a folder or film a camera."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter

from engines.core.video.stills import is_film
from engines.core.words import tr, tr_count
from widgets.calibration.rig.cameras import CameraPlaces
from widgets.calibration.rig.setup import RigSetup
from widgets.calibration.rig.state import RigState
from widgets.calibration.rig.take import TakeBlock
from widgets.calibration.sections import EveryFrame
from widgets.kit.form import show
from widgets.kit.labels import Label
from widgets.kit.layouts import held, row_of
from widgets.kit.panel import (
    ChoiceField,
    NumberField,
    PlainButton,
    QuietButton,
    Section,
    Segmented,
    TextField,
    describe,
    labelled,
)
from widgets.kit.row_list import RowList, write
from widgets.kit.words import file_name

MATCHES = (
    ("name", tr("By their names")),
    ("time", tr("By time stamps")),
    ("order", tr("By their order")),
    ("motion", tr("By the board's motion")),
)
MATCH_TIP = tr(
    "Which pictures are of one moment. By names: the part that differs within a camera and recurs in the others. "
    "By the board's motion: films that began at different times, by an offset that is found"
)


class FileList(RowList):
    """The pictures, films and folders that hold all cameras."""

    removable = True
    most_rows = 4

    def __init__(self) -> None:
        super().__init__(tr("Files"), tr("Pictures, films and folders that hold all cameras; Delete takes one out"))

    def paint_row(self, painter: QPainter, box: QRectF, row: int) -> None:
        write(painter, box.adjusted(0, 0, -20, 0), file_name(self.rows[row]), given=True)
        self.paint_cross(painter, row)

    def words(self, row: int) -> str:
        return self.rows[row]


class PicturesSection(Section):
    """`changed(field, value)` of the `RigSetup`; its block `take` says what is wanted of cameras."""

    changed = Signal(str, object)

    def __init__(self) -> None:
        super().__init__(tr("Pictures"), name="rig.pictures")
        self.take = TakeBlock()
        self.kind = Segmented(
            tr("Cameras are"),
            (("tiled", tr("Tiles of a picture")), ("separate", tr("Files of their own"))),
            tip=tr("All cameras in each picture, or a folder or film a camera"),
        )
        self.rows = NumberField(tr("Rows of tiles"), 2, 1, 16, tip=tr("Tiles from top to bottom"))
        self.columns = NumberField(tr("Columns of tiles"), 2, 1, 16, tip=tr("Tiles from left to right"))
        self.margin = NumberField(tr("Margin"), 0, 0, 500, unit="px", tip=tr("Pixels to cut off around each tile"))
        times = Label("\u00d7")
        times.setProperty("role", "muted")
        grid = labelled(tr("Rows \u00d7 columns"), held(row_of((self.rows, 1), times, (self.columns, 1), spacing=4)))
        self._grid = held(row_of((grid, 3), (labelled(tr("Margin"), self.margin), 2), spacing=8))
        self.places = CameraPlaces()
        self.match = ChoiceField(tr("Moments are matched"), MATCHES, tip=MATCH_TIP)
        tip = tr("Frames by which each camera is late, one number a camera: 0, 2, 0")
        self.offsets = TextField(tr("Frames late"), placeholder="0, 0, 0", tip=tip)
        self._match, self._offsets = (
            labelled(tr("Moments matched"), self.match),
            labelled(tr("Frames late"), self.offsets),
        )
        self.files = FileList()
        self.every = EveryFrame()
        self.add_files = PlainButton(
            tr("Add pictures"), "views", tr("Pictures or films of the board; or drop them here")
        )
        self.folder = QuietButton("", "folder", tr("A folder of pictures or films"), name=tr("Add a folder"))
        self.discard = QuietButton(
            "", "clear", tr("Discard pictures and result; Undo brings them back"), name=tr("Discard")
        )
        self.add_action(self.discard)
        add = held(row_of(self.add_files, self.folder, None, spacing=4))
        matching = held(row_of((self._match, 3), (self._offsets, 2), spacing=8))
        for part in (self.take, self.files, add, self.kind, self._grid, self.places, matching, self.every):
            self.add(part)
        self._listen()

    def show_state(self, state: RigState) -> None:
        setup = state.setup
        self.take.show_state(state.take)
        title = pictures_title(setup)
        self.head.setText(title)
        describe(self.head, title, self.head.toolTip())
        self.discard.setVisible(bool(setup.paths))
        self.kind.set_value("tiled" if setup.tiled else "separate")
        self._grid.setVisible(setup.tiled)
        for field, value in ((self.rows, setup.rows), (self.columns, setup.columns), (self.margin, setup.margin)):
            show(field, value)
        self.files.setVisible(setup.tiled and bool(setup.paths))
        self.files.show_rows(setup.paths if setup.tiled else ())
        self.places.show_setup(setup)
        self._match.setVisible(not setup.tiled)
        self.match.set_value(setup.match)
        self._offsets.setVisible(not setup.tiled and setup.match == "order")
        show(self.offsets, ", ".join(map(str, setup.offsets)))
        self.every.show_every(setup.every, shown=any(map(is_film, setup.paths)))

    def _listen(self) -> None:
        self.kind.chosen.connect(lambda kind: self.changed.emit("tiled", kind == "tiled"))
        for name in ("rows", "columns", "margin"):
            field: NumberField = getattr(self, name)
            field.valueChanged.connect(lambda _v, name=name, field=field: self.changed.emit(name, field.whole()))
        self.places.namesChanged.connect(lambda names: self.changed.emit("names", names))
        self.match.chosen.connect(lambda match: self.changed.emit("match", match))
        self.offsets.editingFinished.connect(self._typed)
        self.every.everyChosen.connect(lambda every: self.changed.emit("every", every))

    def _typed(self) -> None:
        """Whole numbers, or the field says that they are none."""
        words = [word.strip() for word in self.offsets.text().split(",") if word.strip()]
        try:
            offsets = tuple(map(int, words))
        except ValueError:
            self.offsets.set_problem(tr("Whole frames, one a camera: 0, 2, 0"))
            return
        self.offsets.set_problem("")
        self.changed.emit("offsets", offsets)


def pictures_title(setup: RigSetup) -> str:
    """'4 cameras · 24 files'."""
    if not setup.paths:
        return tr("Pictures")
    cameras = tr_count(len(setup.cameras), "{n} camera", "{n:,} cameras")
    return (
        tr("{cameras} · {files}", cameras=cameras, files=tr_count(len(setup.paths), "{n} file", "{n:,} files"))
        if setup.tiled
        else cameras
    )
