"""The timeline's dock: a row of tools, the legend of classes and the canvas."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QToolButton

from engines.core.words import tr
from widgets.charts.class_colors import class_words
from widgets.kit.keeping.fields import keep
from widgets.kit.panel import ChoiceField, EmptyState, Panel, QuietButton
from widgets.timeline.canvas import Canvas
from widgets.timeline.legend import Legend
from widgets.timeline.menu import ask_track
from widgets.timeline.state import TimelineView
from widgets.timeline.words import NO_SOURCE, sentence_of, state_of

ASK = "?"
NEW_TRACK = "\n"
ROOM_FOR_LEGEND = 200
ROOM_FOR_FIELDS = 640


class TimelinePanel(Panel):
    """Shows a view by `show_state`. `canvas`, `legend`, `empty` and `help` say what the user wants."""

    def __init__(self) -> None:
        super().__init__(tr("Timeline"), scrolling=False)
        self.body.setSpacing(0)
        self.canvas, self.legend = Canvas(), Legend()
        self._fields: tuple[object, ...] = ()
        self._tools()
        self.add(self.legend)
        self.add(self.canvas, 1)
        self.empty = EmptyState(NO_SOURCE, tr("Add a source"), "actions", tr("Open a film, a camera or a stream"))
        self.set_empty(self.empty)
        self.show_empty(True)
        self._connect()

    def show_state(self, line: TimelineView) -> None:
        """Show a state; cheap where it equals the one before."""
        self.show_empty(not line.path)
        self.set_state(state_of(line) if line.path else "")
        self.canvas.show_state(line, sentence_of(line))
        self.legend.show_state(line.classes, line.hidden)
        fields = (line.path, line.classes, line.tracks_known, line.track, line.editing, bool(line.tracks))
        if fields != self._fields:
            self._fields = fields
            self._show_fields(line)
            self._follow_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._follow_room()

    def _tools(self) -> None:
        self.brush = ChoiceField(tr("Class of new segments"), tip=tr("What a segment that you draw is called"))
        self.brush.setMinimumContentsLength(12)
        self.track = ChoiceField(tr("Track of new segments"), tip=tr("Where segments that you draw or mark go"))
        self.track.given = self.brush.given = True
        self.fit = QuietButton(
            "", "arrows-out-line-horizontal", tr("Show all of it (F, or a double click)"), name=tr("Show all")
        )
        self.now = QuietButton(
            tr("Now"), "target", tr("Keep the shown moment in view (N)"), name=tr("Follow now"), checkable=True
        )
        self.heat = QuietButton("", "chart", tr("Curves or heat, a row a class (H)"), name=tr("Curves or heat"))
        self.classes = QuietButton("", "swatches", tr("Show the classes in a line"), name=tr("Legend"), checkable=True)
        self.classes.setChecked(True)
        self.more = QuietButton("", "more", tr("Export events, help"), name=tr("More"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.addAction(tr("Export events")).triggered.connect(self.canvas.exportEventsWanted)
        self.help = menu.addAction(tr("Help on the timeline"))
        self.more.setMenu(menu)
        tools = (self.brush, self.track, self.fit, self.now, self.heat, self.classes, self.more)
        self.add_head(*tools)

    def _connect(self) -> None:
        canvas = self.canvas
        canvas.brushChanged.connect(self.brush.set_value)
        canvas.scopeChanged.connect(lambda: self.now.setChecked(canvas.scope.following))
        self.brush.chosen.connect(lambda name: canvas.set_brush("" if name == ASK else name))
        self.track.chosen.connect(self._choose_track)
        self.fit.clicked.connect(canvas.fit)
        self.now.clicked.connect(canvas.follow)
        self.heat.clicked.connect(partial(canvas.toggle_heat, None))
        self.classes.toggled.connect(lambda _on: self._follow_room())
        keep("timeline", classes=self.classes)

    def _show_fields(self, line: TimelineView) -> None:
        if self.canvas.brush not in line.classes:
            self.canvas.set_brush("")
        names = [(name, class_words(name)) for name in line.classes]
        self.brush.set_choices([(ASK, tr("Ask each time")), *names], self.canvas.brush or ASK)
        tracks = tuple(dict.fromkeys((*line.tracks_known, line.track)))
        self.track.set_choices([*((name, name) for name in tracks), (NEW_TRACK, tr("New track\u2026"))], line.track)
        self.now.setChecked(self.canvas.scope.following)

    def _follow_room(self) -> None:
        """Fields only while they are of use and there is room; the canvas comes first."""
        line = self.canvas.view
        roomy = self.width() >= ROOM_FOR_FIELDS
        for tool in (self.fit, self.now, self.more):
            tool.setVisible(bool(line.path))
        for field in (self.brush, self.track):
            field.setVisible(line.editing and roomy)
        self.heat.setVisible(bool(line.tracks))
        high = self.height() >= ROOM_FOR_LEGEND
        self.legend.setVisible(self.classes.isChecked() and high and len(line.classes) > 0)
        self.classes.setVisible(high and bool(line.classes))

    def _choose_track(self, name: str) -> None:
        if name != NEW_TRACK:
            self.canvas.trackChosen.emit(name)
            return
        self.track.set_value(self.canvas.view.track)
        ask_track(self, self.canvas.trackChosen.emit)
