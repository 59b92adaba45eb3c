"""The result as a picture: a photograph with its residuals, as it was taken or straightened.

The view asks for pictures by `pictureWanted(path, straight, keep)` and draws what comes back; it reads no file itself.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QSizePolicy, QSlider, QWidget

from engines.calibration.types import MonoResult, ViewResult
from engines.core.words import tr
from widgets.calibration.overlays import residual_overlays
from widgets.calibration.state import Picture
from widgets.kit.keeping.fields import keep
from widgets.kit.labels import Label
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.panel import QuietButton, Segmented, describe
from widgets.kit.wheel import leave_wheel
from widgets.viewer.image_view import ImageView

STEPS = 20
LEAST = QSize(240, 180)
MOST_HEIGHT = 460

ROOM = 0.92
"""Share of the screen that a large picture may take."""


class _Photograph(ImageView):
    """An image view as high as its picture's aspect asks for."""

    def __init__(self) -> None:
        super().__init__(tr("Picture with residuals"))
        self.aspect = 0.75
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        self.setMinimumSize(LEAST)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def keep_aspect(self, width: int, height: int) -> None:
        self.aspect = height / width
        self.fit_height()

    def fit_height(self) -> None:
        self.setFixedHeight(max(LEAST.height(), min(MOST_HEIGHT, round(self.width() * self.aspect))))


class ResultView(QWidget):
    """`show_view(view, result)` says what is wanted; the picture follows when it has been read."""

    pictureWanted = Signal(str, bool, float)

    def __init__(self) -> None:
        super().__init__()
        self._view: ViewResult | None = None
        self._result: MonoResult | None = None
        self._picture: Picture | None = None
        self._asked: tuple[str, bool, float, int] | None = None
        self.image = _Photograph()
        self.image.setToolTip(tr("Click, then the wheel zooms; drag moves, double click opens it large"))
        self.form = Segmented(
            tr("Picture"),
            (("taken", tr("Original")), ("straight", tr("Undistorted"))),
            tip=tr("The picture as it was taken, or with the lens distortion taken out"),
        )
        tip = tr("Found corners, the model's, and the difference")
        self.residuals = QuietButton("", "target", tip, name=tr("Show residuals"), checkable=True)
        self.residuals.setChecked(True)
        self.large = QuietButton("", "maximise", tr("Open this picture in a window of its own"), name=tr("Open large"))
        self.keep = QSlider(Qt.Orientation.Horizontal)
        self.keep.setRange(0, STEPS)
        leave_wheel(self.keep)
        describe(self.keep, tr("Border kept"), tr("Left: only pixels that exist. Right: all of the picture"))
        self._lay_out()
        self.form.chosen.connect(lambda _form: self._ask())
        self.keep.valueChanged.connect(lambda _value: self._ask())
        self.residuals.toggled.connect(lambda _on: self._draw())
        keep("view", form=self.form, residuals=self.residuals)
        self.large.clicked.connect(self.open_large)
        self.image.activated.connect(self.open_large)

    @property
    def picture(self) -> Picture | None:
        """What is shown."""
        return self._picture

    @property
    def is_straight(self) -> bool:
        return self.form.value() == "straight"

    def show_view(self, view: ViewResult | None, result: MonoResult | None) -> None:
        """Show this view of this result; None shows nothing."""
        self._view, self._result = view, result
        if view is None or result is None:
            self._picture, self._asked = None, None
            self.image.clear()
            return
        self.image.keep_aspect(result.image_size.width, result.image_size.height)
        self._ask()
        self._draw()

    def show_picture(self, picture: Picture) -> None:
        """The picture that was asked for; an older answer is ignored."""
        if self._view is None or picture.path != self._view.path:
            return
        if (picture.straight is not None) != self.is_straight:
            return
        self._picture = picture
        self.image.set_image(picture.image)
        self._draw()

    def show_problem(self, path: str, why: str) -> None:
        """The picture cannot be shown."""
        if self._view is not None and path == self._view.path:
            self._picture = None
            self.image.clear(why)

    def open_large(self) -> None:
        """The same picture with its overlays in a window that does not block the work."""
        if self._picture is None:
            return
        window = QDialog(self.window(), Qt.WindowType.Window)
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        window.setWindowTitle(self._view.name if self._view else tr("Picture"))
        window.resize(QSize(1040, 800).boundedTo(self.screen().availableSize() * ROOM))
        large = ImageView(tr("Picture, large"), margin=8)
        large.set_image(self._picture.image)
        large.set_overlays(self._overlays())
        window.setLayout(column_of(large))
        window.show()

    def _lay_out(self) -> None:
        cropped, whole = Label(tr("Cropped")), Label(tr("Whole"))
        for label in (cropped, whole):
            label.setProperty("role", "hint")
        self._border = held(row_of(cropped, (self.keep, 1), whole, spacing=8))
        row = row_of(self.form, None, self.residuals, self.large, spacing=4)
        self.setLayout(column_of(self.image, row, self._border, spacing=8))
        self._border.hide()

    def _ask(self) -> None:
        self._border.setVisible(self.is_straight)
        if self._view is None or self._result is None:
            return
        keep = self.keep.value() / STEPS
        wanted = (self._view.path, self.is_straight, keep, id(self._result) if self.is_straight else 0)
        if wanted != self._asked:
            self._asked = wanted
            self.pictureWanted.emit(*wanted[:3])

    def _draw(self) -> None:
        if self._picture is not None and self._view is not None and self._picture.path == self._view.path:
            self.image.set_overlays(self._overlays())

    def _overlays(self) -> list:
        if self._view is None or self._result is None or self._picture is None:
            return []
        return residual_overlays(self._view, self._result, self._picture.straight, residuals=self.residuals.isChecked())

    def resizeEvent(self, event) -> None:  # noqa: ANN001  (Qt's own type)
        super().resizeEvent(event)
        self.image.fit_height()
