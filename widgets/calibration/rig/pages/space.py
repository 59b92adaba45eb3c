"""The page that shows the rig in space: cameras, boards, uncertainty, points."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal

from engines.calibration.rig.types import RigResult
from engines.core.words import tr, tr_count
from widgets.calibration.rig.pages.playback import Playback
from widgets.calibration.rig.pages.state import Cell, PagesView
from widgets.calibration.rig.space.cameras import Straightened
from widgets.calibration.rig.space.view import RigSpace, Shown
from widgets.charts.space.view import FRONT, HOME, SIDE, TOP
from widgets.kit.card_columns import Flow
from widgets.kit.keeping.fields import keep
from widgets.kit.layouts import column_of, held
from widgets.kit.panel import ChoiceField, EmptyState, QuietButton, Toggle
from widgets.kit.save_file import ask_file, save_or_say
from widgets.kit.work_page import WorkPage

NOTHING = (tr("Calibrate the rig to see it in space"), tr("Calibrate"))
KINDS = "PNG (*.png);;SVG (*.svg);;CSV (*.csv)"
FREE, CAMERA = "free", "camera:"
SIDES = (
    (HOME, tr("Behind and above")),
    (FRONT, tr("From behind")),
    (SIDE, tr("From the right")),
    (TOP, tr("From above")),
    (FREE, tr("Turned by hand")),
)
FACTORS = (
    ("0", tr("Enlarged")),
    ("1", tr("True size")),
    ("10", tr("10 times")),
    ("100", tr("100 times")),
    ("1000", tr("1000 times")),
)


class SpacePage(WorkPage):
    """`cellChosen(Cell)`: a camera or a frame's board was clicked, or a frame was chosen below.

    `picturesWanted(frame)`: what the cameras saw is to be shown; the answer comes to `show_pictures`.
    """

    cellChosen = Signal(object)
    picturesWanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.shown, self._asked, self._why = PagesView(), "", ""
        self.space = RigSpace()
        self.playback = Playback()
        self.boards = Toggle(tr("Boards"), True, tip=tr("Where the board stood in every frame"))
        self.ellipsoids = Toggle(tr("Ellipsoids"), True, tip=tr("How certain the places of cameras and points are"))
        self.distances = Toggle(tr("Distances"), False, tip=tr("Lines between the cameras with their lengths"))
        self.points = Toggle(tr("Points"), True, tip=tr("Triangulated points and the lines between them"))
        self.pictures = Toggle(
            tr("Pictures"), False, tip=tr("What the cameras saw in this frame, without their lenses' bending")
        )
        self.factor = ChoiceField(
            tr("Size of ellipsoids"), FACTORS, tip=tr("How many times larger than one standard deviation")
        )
        self.view = ChoiceField(
            tr("Seen from"), SIDES, "home", tip=tr("From where the rig is seen; as a camera sees it")
        )
        tip = tr("Without perspective: parallel lines stay parallel (0)")
        for field, choices in ((self.view, SIDES), (self.factor, FACTORS)):
            field.setMinimumContentsLength(max(len(title) for _id, title in choices))
        self.parallel = QuietButton("", "scene", tip, name=tr("Parallel"), checkable=True)
        self.fit = QuietButton("", "fit", tr("Show everything (F)"), name=tr("Fit"))
        self.export = QuietButton(tr("Export"), "export", tr("Save the drawing as PNG or SVG, or all places as CSV"))
        self._lay_out()
        self._connect()

    def show_state(self, view: PagesView) -> None:
        self.shown = view
        result, use = shown_rig(view), view.panel.use
        self.show_there(result is not None)
        for control in self._controls:
            control.setVisible(result is not None)
        self.state.setText("" if result is None else self._why or state_words(result))
        if result is not self.space.result or result is None:
            self._asked = ""
            self.space.show_pictures({})
            self.space.show_rig(result)
            self._offer(result)
        self.space.show_points(use.points, use.bones)
        self.points.setVisible(bool(use.points))
        self.space.choose_camera(view.cell.camera)
        frames = frames_of(result)
        self.playback.show_frames(frames, view.cell.frame)
        self.pictures.setVisible(result is not None and bool(result.views))
        if not self.playback.is_playing:
            self._go(view.cell.frame if view.cell.frame in frames else self.playback.frame)

    def show_pictures(self, frame: str, pictures: Mapping[int, Straightened]) -> None:
        """What the cameras saw in a frame; an older answer is left."""
        if frame == self._asked:
            self.space.show_pictures(pictures)

    def show_problem(self, frame: str, why: str) -> None:
        """The pictures of a frame cannot be shown."""
        if frame == self._asked:
            self.space.show_pictures({})
            self._why = why
            self.state.setText(why)

    def save(self) -> None:
        """Ask for a file and write what is shown."""
        if path := ask_file(self, tr("Export the rig in space"), "export", KINDS, "rig.png"):
            save_or_say(self, path, self.space.save)

    def _lay_out(self) -> None:
        self._controls = (self.view, self.parallel, self.fit, self.export)
        toggles = self.boards, self.pictures, self.distances, self.points, self.ellipsoids
        row = Flow(*toggles, self.factor, spacing=16)
        row.setContentsMargins(12, 2, 12, 8)
        body = held(column_of(row, (self.space, 1), self.playback, 4))
        empty = EmptyState(*NOTHING, "scene", tr("Calibrate from the pictures that are set, or choose some first"))
        self.lay_out(self.head_of(tr("Space"), *self._controls), self.body_of(empty, body))

    def _connect(self) -> None:
        for toggle in (self.boards, self.ellipsoids, self.distances, self.points):
            toggle.toggled.connect(self._choose_shown)
        self.factor.chosen.connect(self._choose_shown)
        self.view.chosen.connect(self._look)
        self.parallel.clicked.connect(lambda on: self.space.set_perspective(not on))
        self.fit.clicked.connect(self.space.fit)
        self.export.clicked.connect(self.save)
        self.pictures.toggled.connect(lambda _on: self._ask())
        keep(
            "space",
            boards=self.boards,
            ellipsoids=self.ellipsoids,
            distances=self.distances,
            points=self.points,
            pictures=self.pictures,
            factor=self.factor,
            view=self.view,
            parallel=self.parallel,
        )
        self.playback.frameShown.connect(self._go)
        self.playback.frameChosen.connect(lambda frame: self.cellChosen.emit(Cell(frame, self.shown.cell.camera)))
        self.space.cameraChosen.connect(lambda camera: self.cellChosen.emit(Cell(self.space.frame, camera)))
        self.space.frameChosen.connect(lambda frame: self.cellChosen.emit(Cell(frame, self.shown.cell.camera)))
        self.space.moved.connect(self._follow_eye)

    def _go(self, frame: str) -> None:
        self.space.choose_frame(frame)
        self._ask()

    def _ask(self) -> None:
        """For the pictures of the frame, where they are to be seen and are not yet."""
        wanted = self.space.frame if self.pictures.isChecked() and self.space.result is self.shown.result else ""
        if wanted != self._asked:
            self._asked, self._why = wanted, ""
            self.picturesWanted.emit(wanted) if wanted else self.space.show_pictures({})

    def _choose_shown(self) -> None:
        self.factor.setEnabled(self.ellipsoids.isChecked())
        shown = Shown(
            self.boards.isChecked(),
            self.ellipsoids.isChecked(),
            self.distances.isChecked(),
            self.points.isChecked(),
            float(self.factor.value()),
        )
        self.space.set_options(shown)

    def _offer(self, result: RigResult | None) -> None:
        """Sides, and every camera's own view."""
        names = () if result is None else (camera.name for camera in result.cameras)
        self.view.set_choices([*SIDES, *((f"{CAMERA}{n}", as_words(name)) for n, name in enumerate(names))])

    def _look(self, side: str) -> None:
        if side.startswith(CAMERA):
            self.space.look_as(int(side.removeprefix(CAMERA)))
        elif side == HOME:
            self.space.home()
        elif side != FREE:
            self.space.look_from(side)

    def _follow_eye(self) -> None:
        """Where it is now."""
        camera = self.space.seen_as
        self.view.set_value(f"{CAMERA}{camera}" if camera >= 0 else self.space.side or FREE)
        self.parallel.setChecked(not self.space.eye.perspective)


def shown_rig(view: PagesView) -> RigResult | None:
    """The result, or the rig in use that points are of where that is another."""
    use = view.panel.use
    return view.result if use.rig is None or (use.kept and view.result is not None) else use.rig


def as_words(name: str) -> str:
    """'As left', 'As camera 2'."""
    return tr("As camera {name}", name=name) if name.isdigit() else tr("As {name}", name=name)


def frames_of(result: RigResult | None) -> tuple[str, ...]:
    """Frames in which a board's place is known, in their order."""
    return () if result is None else tuple(dict.fromkeys(pose.frame for pose in result.board_poses))


def state_words(result: RigResult) -> str:
    """'4 cameras, 22 board poses'."""
    return tr(
        "{cameras}, {poses}",
        cameras=tr_count(len(result.cameras), "{n} camera", "{n:,} cameras"),
        poses=tr_count(len(result.board_poses), "{n} board pose", "{n:,} board poses"),
    )
