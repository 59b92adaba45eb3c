"""The verify page: two pictures side by side, the faces that were compared, and how sure the verdict is."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from engines.core.words import tr, tr_count
from engines.faces.study_types import Verified
from widgets.charts.axes import percent
from widgets.faces.picture import FacePicture
from widgets.faces.state import FacesView, VerifyView
from widgets.faces.words import file_name, one_in, similarity
from widgets.kit.icons import icon_pixmap
from widgets.kit.labels import Label
from widgets.kit.layouts import column_of, row_of, styled
from widgets.kit.panel import Stat, StatGrid, describe
from widgets.kit.theme import LOOK
from widgets.kit.work_parts import BusyLine, Framed

SIDES = ("a", "b")
VERDICTS = {
    "same": (tr("Same person"), "good", "good"),
    "different": (tr("Different people"), "cancelled", "text"),
    "not sure": (tr("Not sure"), "warn", "warn"),
}
"""Words, icon and its colour."""
EVEN_TIP = tr("Probability if they were as likely as not the same person beforehand; with other odds it is another")
NOTHING = tr("Drop a picture here, or click to choose one")


class VerifyPage(QWidget):
    """Two drop targets and a verdict. Sides are "a" and "b"."""

    pictureWanted = Signal(str)
    pictureDropped = Signal(str, str)
    thumbsWanted = Signal(list)

    def __init__(self) -> None:
        super().__init__()
        self._result: Verified | None = None
        self._words: tuple[str, str] | None = None
        self._wanted: dict[str, str] = {}
        self.pictures = {
            side: FacePicture(tr("Picture {side}", side=side.upper()), takes=True, nothing=NOTHING) for side in SIDES
        }
        self.mark, self.verdict, self.advice = Label(), Label(), Label()
        self.stats = StatGrid()
        self.progress = BusyLine()
        self._lay_out()
        self._wire()
        self._show_verdict(VerifyView())

    def show_state(self, view: FacesView) -> None:
        shown = view.verify
        self.progress.show_busy(shown.busy)
        for side in SIDES:
            self._show_side(side, view)
        self._show_verdict(shown)

    def _show_side(self, side: str, view: FacesView) -> None:
        shown, result = view.verify, view.verify.result
        first = side == "a"
        path = shown.a if first else shown.b
        thumb = view.thumbs.get(f"verify:{side}", view.thumbs.get(path)) if path else None
        self._want(side, path if thumb is None else "")
        others = result.others[0 if first else 1] if result else 0
        lines = [file_name(path)] if path else []
        if result and any(result.others):
            lines.append(
                tr_count(others, "{n} further face left aside", "{n:,} further faces left aside") if others else ""
            )
        picture = self.pictures[side]
        picture.show_picture(thumb, lines, path)
        face = (result.face_a if first else result.face_b) if result else None
        size = shown.size_a if first else shown.size_b
        picture.show_face(face, size, view.thumbs.get(f"verify:{side}:face") if result else None)

    def _want(self, side: str, path: str) -> None:
        """Ask once for a picture that is not here."""
        if path != self._wanted.get(side, ""):
            self._wanted[side] = path
            if path:
                self.thumbsWanted.emit([path])

    def _show_verdict(self, shown: VerifyView) -> None:
        words = waiting_words(shown), verdict_words(shown.result)
        if shown.result == self._result and words == self._words:
            return
        self._result, self._words = shown.result, words
        self.verdict.setText(words[1] or words[0])
        self.verdict.setProperty("role", "title" if shown.result else "muted")
        self.verdict.style().unpolish(self.verdict)
        self.verdict.style().polish(self.verdict)
        self.advice.setText("\n".join(shown.result.advice) if shown.result else "")
        self.advice.setVisible(bool(self.advice.text()))
        self.stats.set_stats(stats(shown.result) if shown.result else ())
        self.stats.setVisible(shown.result is not None)
        describe(self.verdict, self.verdict.text())
        self._draw_mark()

    def _draw_mark(self) -> None:
        result = self._result
        self.mark.setVisible(result is not None)
        if result is not None:
            _words, role, token = VERDICTS.get(result.verdict, VERDICTS["not sure"])
            self.mark.setPixmap(icon_pixmap(role, token, 20, self.devicePixelRatioF()))

    def _lay_out(self) -> None:
        pictures = row_of(*((picture, 1) for picture in self.pictures.values()), spacing=8, margins=(8, 8, 8, 0))
        for label in (self.verdict, self.advice):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.advice.setProperty("role", "muted")
        said = column_of(row_of(self.mark, (self.verdict, 1), spacing=8), self.advice, None, spacing=4)
        self.stats.setMaximumWidth(380)
        foot = row_of((said, 1), (self.stats, 1), spacing=16, margins=(16, 8, 16, 12))
        self.setLayout(column_of((pictures, 1), foot, Framed(self.progress, 12, 6)))
        styled(self)

    def _wire(self) -> None:
        for side, picture in self.pictures.items():
            picture.chooseWanted.connect(lambda side=side: self.pictureWanted.emit(side))
            picture.dropped.connect(lambda paths, side=side: self.pictureDropped.emit(side, paths[0]))
        LOOK.changed.connect(self._draw_mark)


def waiting_words(shown: VerifyView) -> str:
    """What is to be done before there is an answer."""
    if shown.busy is not None:
        return tr("Comparing")
    if shown.a and shown.b:
        return tr("Not compared yet")
    return (
        tr("Choose the other picture") if shown.a or shown.b else tr("Choose two pictures to compare the faces in them")
    )


def verdict_words(result: Verified | None) -> str:
    return VERDICTS.get(result.verdict, VERDICTS["not sure"])[0] if result else ""


def stats(result: Verified) -> list[Stat]:
    return [
        Stat(
            tr("Similarity"),
            similarity(result.similarity),
            tip=tr("Cosine of the two embeddings, 1 the same direction"),
        ),
        Stat(
            tr("Strangers alike"),
            one_in(result.far),
            tip=tr("Pairs of different people that score this high or higher"),
        ),
        Stat(tr("Same person, at even odds"), percent(result.probability), tip=EVEN_TIP),
    ]
