"""The panel's page Evaluate: models and score files, the labels they are compared with, and which frames count."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QMenu, QWidget

from engines.actions.study_types import EvaluateSpec
from engines.core.words import tr
from widgets.actions.panel.frames import FramesField
from widgets.actions.panel.words import marked
from widgets.actions.state import ActionsView, EvaluateView
from widgets.kit.form import say, words
from widgets.kit.icons import draw_icon
from widgets.kit.keeping.fields import keep
from widgets.kit.layouts import column_of
from widgets.kit.menus import menu_of
from widgets.kit.panel import PlainButton, Section, columns
from widgets.kit.path_row import PathRow
from widgets.kit.row_list import RowList, write
from widgets.kit.when_new import when_new
from widgets.kit.words import file_name, file_title


@dataclass(frozen=True, slots=True)
class Contender:
    """One row: a model that is run, or the scores of one. named: the user gave the name."""

    name: str
    file: str
    is_model: bool
    named: bool = False


class ContenderList(RowList):
    """Rows are contenders, in the order in which they are compared."""

    height_of_row, most_rows = 40, 8
    editable = removable = True

    def __init__(self) -> None:
        super().__init__(tr("Models and score files"), tr("F2 renames, Delete takes one out of the comparison"))

    def name(self, row: int) -> str:
        return self.rows[row].name

    def words(self, row: int) -> str:
        told: Contender = self.rows[row]
        return f"{told.name}, {kind_words(told)}, {told.file}"

    def name_box(self, box: QRectF) -> QRectF:
        return box.adjusted(24, 0, -22, 0)

    def paint_row(self, painter: QPainter, box: QRectF, row: int) -> None:
        told: Contender = self.rows[row]
        sign = QRectF(box.left(), box.center().y() - 8, 16, 16)
        draw_icon(painter, sign.toRect(), "actions" if told.is_model else "chart")
        if self.shows_cross(row):
            self.paint_cross(painter, row)
        text = self.name_box(box)
        line = QRectF(text.left(), box.center().y() - 17, text.width(), 18)
        write(painter, line, told.name, given=True)
        write(painter, line.translated(0, 16), kind_words(told), "muted", 11)

    def menu(self, row: int) -> QMenu:
        remove = ("delete", tr("Take out"), lambda: self.removed.emit(row))
        return menu_of(self, ("edit", tr("Rename"), lambda: self.edit_name(row)), None, remove)


class EvaluatePage(QWidget):
    """A change of the form goes out as the whole new specification; its buttons say what they want themselves."""

    evaluateChanged = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._view, self._whole = EvaluateView(), ActionsView()
        self.models = Section(tr("Models"), name="actions.evaluate.models")
        self.list, self.told = ContenderList(), words("hint")
        self.add_model = PlainButton(tr("Add models\u2026"), "add", tr("Model files: each is run over the film first"))
        self.add_scores = PlainButton(
            tr("Add scores\u2026"), "add", tr("Score files: frame, time and a column for each class")
        )
        self.truth = Section(tr("Held against"), name="actions.evaluate.truth")
        self.labels = PathRow(
            tr("Labels"), tr("none"), tr("Labels of the film: CSV, JSON, ELAN, VIA or THUMOS text"), clears=True
        )
        self.video = PathRow(
            tr("Video"), tr("none"), tr("The film that models are run over; scores need none"), clears=True
        )
        tip = tr("Which frames count: A:B, B not included, counted from 0; empty for all that have scores")
        self.frames = FramesField(tip)
        keep("actions.evaluate", frames=self.frames.text)
        self._lay_out()
        self.list.renamed.connect(self._rename)
        self.labels.clear.clicked.connect(lambda: self._edit(labels=""))
        self.video.clear.clicked.connect(lambda: self._edit(video=""))
        self.frames.framesChanged.connect(lambda frames: self._edit(frames=frames))

    def show_state(self, view: ActionsView) -> None:
        """Show exactly this."""
        self._view, self._whole = view.evaluate, view
        for section in (self.models, self.truth):
            section.setEnabled(view.evaluate.busy is None)
        self._show_spec(view.evaluate.spec, marked(view))

    @when_new
    def _show_spec(self, spec: EvaluateSpec, own: bool) -> None:
        """own: the project has labels, which are taken where none are chosen."""
        rows = contenders(spec)
        self.list.show_rows(rows)
        self.list.setVisible(bool(rows))
        self.models.head.setText(tr("Models: {count}", count=len(rows)) if rows else tr("Models"))
        say(self.told, "" if rows else tr("Add models to compare on one film, or scores that were saved before."))
        self.labels.show_path(spec.labels, tr("as marked in this project") if own else tr("none"))
        self.video.show_path(spec.video, tr("that of the labels") if own and not spec.labels else tr("none"))
        self.frames.show_frames(spec.frames)

    def _edit(self, **fields: object) -> None:
        """Shown at once, and told."""
        spec = replace(self._view.spec, **fields)  # type: ignore[arg-type]
        if spec != self._view.spec:
            self.show_state(replace(self._whole, evaluate=replace(self._view, spec=spec)))
            self.evaluateChanged.emit(spec)

    def _rename(self, row: int, name: str) -> None:
        names = [each.name if each.named else "" for each in contenders(self._view.spec)]
        names[row] = name
        self._edit(names=tuple(names))

    def _lay_out(self) -> None:
        self.models.add(self.list)
        self.models.add(self.told)
        self.models.add(columns(self.add_model, self.add_scores))
        for part in (self.labels, self.video, self.frames):
            self.truth.add(part)
        for section in (self.models, self.truth):
            section.body.setSpacing(8)
        self.setLayout(column_of(self.models, self.truth, None, spacing=12))


def contenders(spec: EvaluateSpec) -> tuple[Contender, ...]:
    """The rows to compare. A model that has scores already is not run again."""
    many = max(len(spec.models), len(spec.scores))
    told = []
    for place in range(many):
        model, scores, name = (_at(values, place) for values in (spec.models, spec.scores, spec.names))
        file = scores or model
        told.append(Contender(name or file_title(file), file, not scores, bool(name)))
    return tuple(told)


def kind_words(told: Contender) -> str:
    """'Model, run over the film', 'Scores, exercise.csv'."""
    if told.is_model:
        return tr("Model, run over the film")
    return tr("Scores, {file}", file=file_name(told.file))


def _at(values: tuple[str, ...], place: int) -> str:
    return values[place] if place < len(values) else ""
