"""What every widget owes its user: contrast, names, tooltips, icons that exist, nothing cut off, both themes."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QSlider,
    QWidget,
)

from tests.widgets.faces import face_views, people_views
from widgets.charts.class_bars import ClassBars, class_rows
from widgets.kit import icons
from widgets.kit.fields import ChoiceField, NumberField, QuietButton, Segmented, Toggle
from widgets.kit.ink import contrast
from widgets.kit.labels import ElidedLabel, message_box
from widgets.kit.panel import (
    Panel,
    PrimaryButton,
    SearchField,
    Section,
    Stat,
    StatGrid,
    columns,
    labelled,
)
from widgets.kit.pill import Pill
from widgets.kit.theme import DARK, LIGHT, LOOK, STYLE, mixed, style_sheet, tones
from widgets.kit.work_parts import BusyLine
from widgets.shell.jobs import JobRow, JobsPanel
from widgets.shell.log import LogPanel, LogRow
from widgets.shell.palette import CommandPalette
from widgets.shell.properties import PropertiesPanel, PropertiesShown, PropertyGroup
from widgets.shell.settings import SettingsDialog, SettingsShown
from widgets.sources.form import KINDS, SourceForm
from widgets.sources.panel import SourceRow, SourcesPanel, TileRow
from widgets.viewer.grid import ViewerGrid
from widgets.viewer.image_view import ImageView
from widgets.viewer.overlays import GROUND

CONTROLS = (QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit, QSlider, QAbstractItemView, QPlainTextEdit)
OURS_WITHIN = ("qt_spinbox_lineedit", "qt_scrollarea_viewport")
LONG = "Kletterwand — Übersicht vom dritten Lager, zweiter Versuch 2024-03-01.mp4"


def between(first: str, second: str) -> float:
    """Contrast of two colours by their names."""
    return contrast(QColor(first), QColor(second))


@pytest.mark.parametrize("look", [DARK, LIGHT], ids=lambda look: look.name)
@pytest.mark.parametrize("token", ["text", "muted", "accent", "good", "warn", "bad"])
def test_words_can_be_read(look, token):
    """On every ground that words stand on: hovered, chosen and disabled ones too."""
    grounds = look.base, look.surface, look.raised, tones(look)["hover"], tones(look)["accent_soft"]
    assert min(between(getattr(look, token), ground) for ground in grounds) >= 4.5


@pytest.mark.parametrize("look", [DARK, LIGHT], ids=lambda look: look.name)
def test_accent_and_series_can_be_told_from_the_ground(look):
    assert min(between(look.on_accent, ground) for ground in (look.accent, tones(look)["accent_hover"])) >= 4.5
    for color in look.series:
        assert between(color, look.surface) >= 3.0


@pytest.mark.parametrize("ground", ["#ffffff", "#808080", "#000000"])
def test_words_on_a_picture_can_be_read(ground):
    """Pills and legends over any picture: the ground that they bring lets through some of it."""
    behind = mixed(ground, DARK.base, GROUND)
    tokens = DARK.text, DARK.muted, DARK.accent, DARK.good, DARK.warn, DARK.bad, *DARK.series
    assert min(between(token, behind) for token in tokens) >= 4.5


def calibration_like() -> Panel:
    panel = Panel("Board")
    panel.set_state("12 views, RMS 0.114 px, good", "good")
    panel.add_head(PrimaryButton("Calibrate", "", "Solve for the camera"))
    section = Section("Board", name="look/board")
    section.add(labelled("Kind", Segmented("Kind", [("a", "Chessboard"), ("b", "ChArUco")])))
    across = labelled("Columns", NumberField("Columns", 9, 3, 100))
    square = labelled("Square", NumberField("Square", 0.025, 0, 1, unit="m", decimals=4))
    section.add(columns(across, square))
    models = [("a", "Brown, 5 parameters"), ("b", "Rational, 8 parameters")]
    section.add(labelled("Model", ChoiceField("Model", models)))
    section.add(Toggle("Free the board's shape", True))
    section.add(SearchField())
    panel.add(section)
    panel.add(StatGrid([Stat("Focal length x", "536.12", "px", "0.21"), Stat("RMS", "0.104", "px", level="good")]))
    progress = BusyLine()
    progress.set_progress(3, 10, "View 3 of 10, 12 s left")
    panel.add(progress)
    panel.add_foot(QuietButton("Save", "save"), QuietButton("", "help", name="Help"))
    return panel


def sources_panel() -> SourcesPanel:
    panel = SourcesPanel()
    tiles = (TileRow("t/a", "left", 2, 8.4), TileRow("t/b", LONG))
    panel.show_rows(
        (
            SourceRow("t", "tiled", "Sample rig", "playing", "good", fps=30, tiles=tiles),
            SourceRow("f", "file", LONG, "paused"),
            SourceRow("s", "stream", "gate.example.org", "reconnecting", "warn", "No answer for 10 s; trying again"),
        )
    )
    return panel


def jobs_panel() -> JobsPanel:
    panel = JobsPanel()
    panel.show_jobs(
        (
            JobRow(1, "Calibrate " + LONG, "running", "busy", 0.4, "View 6 of 13", "12 s left", True, command="x"),
            JobRow(
                0,
                "Calibrate",
                "failed",
                "bad",
                time="took 2 s",
                error="No board in any view",
                hint="Check it",
                trace="T",
            ),
        )
    )
    panel.list.select(0)
    return panel


def log_panel() -> LogPanel:
    panel = LogPanel()
    panel.append(
        [LogRow(1.7e9, 20, "info", "feed", "Started"), LogRow(1.7e9, 40, "error", "job", "Broken", "Traceback")]
    )
    return panel


def properties_panel() -> PropertiesPanel:
    panel = PropertiesPanel()
    stats = (Stat("Size", "640 x 360", "px"), Stat("Board", "charuco:5x4:54mm:40.5mm:DICT_4X4_1000:inverted"))
    panel.show_properties(PropertiesShown("Sample rig · left", "playing", "good", (PropertyGroup("picture", stats),)))
    return panel


def grid() -> ViewerGrid:
    made = ViewerGrid()
    made.set_layout("2x2")
    made.set_sources([("a", "A")])
    made.set_engines([("e", "Finder")])
    made.tile(0).set_source("a")
    made.tile(0).view.set_image(np.full((90, 160, 3), 90, np.uint8))
    return made


def chart() -> ClassBars:
    made = ClassBars("AP", "AP")
    made.show_rows(class_rows(["walk", "run", "jump"], [{"walk": 0.9, "run": 0.4, "jump": None}]))
    return made


def settings() -> SettingsDialog:
    made = SettingsDialog()
    made.open_with(SettingsShown("dark", "", (("m", "Monitor"),)))
    return made


def form(kind: str) -> SourceForm:
    made = SourceForm()
    made.open_for(kind)
    return made


PIECES = {
    "pieces": (calibration_like, 300, 560),
    "sources": (sources_panel, 264, 420),
    "sources-empty": (SourcesPanel, 264, 420),
    "jobs": (jobs_panel, 900, 200),
    "jobs-narrow": (jobs_panel, 520, 200),
    "log": (log_panel, 900, 200),
    "properties": (properties_panel, 300, 400),
    "properties-empty": (PropertiesPanel, 300, 400),
    "viewer": (grid, 700, 480),
    "chart": (chart, 380, 200),
    "settings": (settings, 420, 300),
    **{f"form-{kind}": (lambda kind=kind: form(kind), 440, 0) for kind in KINDS},
    **people_views.PIECES,
    **face_views.PIECES,
}


def shown(qtbot, name: str) -> QWidget:
    make, wide, high = PIECES[name]
    widget = make()
    qtbot.addWidget(widget)
    if high:
        widget.resize(wide, high)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def inner(widget: QWidget) -> bool:
    """Parts that Qt makes within a control of its own."""
    above = widget.parentWidget()
    while above is not None and not isinstance(above, (QComboBox, QAbstractSpinBox, QLineEdit, QMenu)):
        above = above.parentWidget()
    return above is not None or widget.objectName().startswith("qt_") or isinstance(widget, QMenu)


@pytest.mark.parametrize("name", PIECES)
def test_a_piece_is_named_whole_and_in_the_colours_of_both_themes(qtbot, qapp, tmp_path, name):
    """Set KINOSCOPE_GALLERY to a folder to look at the pictures."""
    widget = shown(qtbot, name)
    assert (nameless(widget), cut_off(widget), out_of_parent(widget)) == ([], [], [])
    folder = Path(os.environ.get("KINOSCOPE_GALLERY", tmp_path))
    try:
        for look in (LIGHT, DARK):
            LOOK.apply(qapp, look)
            image = widget.grab().toImage()
            assert image.save(str(folder / f"{name}-{look.name}.png"))
            assert share_of(image, (look.surface, look.base, look.raised)) > 0.25
            assert len(colours(image)) > 8, "it is blank"
    finally:
        if LOOK.now is not DARK:
            LOOK.apply(qapp, DARK)


def nameless(widget: QWidget) -> list[str]:
    """Controls without a name or a tooltip."""
    return [
        f"{type(control).__name__} {control.objectName()} {getattr(control, 'text', str)()}"
        for control in widget.findChildren(QWidget)
        if isinstance(control, CONTROLS) and not inner(control) and not (control.accessibleName() and control.toolTip())
    ]


def cut_off(widget: QWidget) -> list[str]:
    """Labels and buttons smaller than their words; what may be short ends in an ellipsis by design."""
    cut = []
    for part in widget.findChildren(QWidget):
        if not part.isVisible() or inner(part) or isinstance(part, ElidedLabel):
            continue
        if isinstance(part, QLabel) and not part.wordWrap() or isinstance(part, (QPushButton, Toggle, Pill)):
            needed: QSize = part.minimumSizeHint() if isinstance(part, QLabel) else part.sizeHint()
            if part.width() < needed.width() - 1 or part.height() < needed.height() - 5:
                cut.append(f"{type(part).__name__} '{part.accessibleName() or part.text()}' {part.size()} {needed}")
        if isinstance(part, QLabel) and part.wordWrap() and part.height() < part.heightForWidth(part.width()) - 1:
            cut.append(f"wrapped '{part.text()}' {part.size()}")
    return cut


def out_of_parent(widget: QWidget) -> list[str]:
    """Controls that reach out of what holds them."""
    return [
        f"{type(part).__name__} '{part.accessibleName()}' {part.geometry()} in {part.parentWidget().size()}"
        for part in widget.findChildren(QWidget)
        if part.isVisible() and isinstance(part, CONTROLS) and not inner(part) and not part.isWindow()
        and not part.parentWidget().rect().adjusted(-1, -1, 1, 1).contains(part.geometry())
    ]  # fmt: skip


def colours(image: QImage) -> np.ndarray:
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.unique(np.frombuffer(plain.constBits(), np.uint32))


def share_of(image: QImage, names: tuple[str, ...]) -> float:
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(plain.constBits(), np.uint32)
    return float(np.isin(pixels, [QColor(name).rgb() for name in names]).mean())


def test_every_icon_role_has_its_letter(qapp):
    letters = icons._letters()
    assert [role for role, name in icons.ROLES.items() if name not in letters] == []


def test_icons_follow_the_theme_by_themselves(qapp):
    def ink(look: str) -> tuple[int, ...]:
        image = kept.pixmap(16, 16).toImage()
        points = [image.pixelColor(x, y) for x in range(16) for y in range(16)]
        return max(points, key=lambda color: color.alpha()).getRgb()[:3]

    kept = icons.icon("camera")
    assert ink("dark") == pytest.approx(QColor(DARK.muted).getRgb()[:3], abs=3)
    LOOK.apply(qapp, LIGHT)
    try:
        assert ink("light") == pytest.approx(QColor(LIGHT.muted).getRgb()[:3], abs=3)
    finally:
        LOOK.apply(qapp, DARK)


@pytest.mark.parametrize("look", [DARK, LIGHT], ids=lambda look: look.name)
def test_the_style_sheet_is_complete(look):
    """No token is left unfilled, no colour stands beside the tokens, every glyph it names is there in its colour."""
    filled = style_sheet(look)
    assert "$" not in filled
    assert re.findall(r"#[0-9a-fA-F]{6}\b", STYLE.read_text(encoding="utf-8")) == []
    tokens = {look.muted, look.on_accent, look.accent, look.warn, look.bad}
    for name in set(re.findall(r"url\(glyph:([^)]+)\)", filled)):
        glyph = STYLE.parent / "icons" / name
        assert set(re.findall(r'stroke="(#[0-9a-f]{6})"', glyph.read_text(encoding="utf-8"))) <= tokens


@pytest.mark.parametrize("level", ["Question", "Information", "Warning", "Critical"])
def test_dialogs_have_the_icons_of_the_theme(qtbot, level):
    box = message_box(None, QMessageBox.Icon[level], "Title", "Words")
    qtbot.addWidget(box)
    button = box.addButton(QMessageBox.StandardButton.Ok)
    box.ensurePolished()
    drawn = box.iconPixmap().toImage()
    token = LOOK.now.color({"Warning": "warn", "Critical": "bad"}.get(level, "accent")).name()
    inked = [drawn.pixelColor(x, y) for x in range(drawn.width()) for y in range(drawn.height())]
    assert {color.name() for color in inked if color.alpha() == 255} == {token}
    assert button.icon().isNull()


def test_glyphs_are_drawn(qtbot):
    """The arrow of a combo box is really there: its corner is not one flat colour."""
    field = ChoiceField("Model", [("a", "A")])
    qtbot.addWidget(field)
    field.resize(120, 28)
    image = field.grab().toImage()
    corner = {image.pixelColor(x, y).name() for x in range(96, 116) for y in range(8, 20)}
    assert len(corner) > 2


def test_focus_is_always_visible(qtbot):
    """Each kind of control looks different once it has the focus."""
    for make in (
        lambda: QuietButton("Save", "save"),
        lambda: PrimaryButton("Go"),
        lambda: NumberField("Rows", 6, 1, 9),
        lambda: Toggle("On", True),
        lambda: Segmented("Kind", [("a", "A"), ("b", "B")]),
    ):
        holder = make()
        control = holder._buttons["a"] if isinstance(holder, Segmented) else holder
        qtbot.addWidget(holder)
        holder.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        with qtbot.waitExposed(holder):
            holder.show()
        control.clearFocus()
        before = control.grab().toImage()
        holder.activateWindow()
        control.setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.waitUntil(control.hasFocus)
        assert control.grab().toImage() != before, type(control).__name__


def test_a_picture_says_how_it_is_used(qtbot):
    view = ImageView("Left camera")
    qtbot.addWidget(view)
    assert view.accessibleName() == "Left camera"
    assert "Wheel" in view.accessibleDescription()


def test_the_palette_has_names_too(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    palette = CommandPalette(window)
    assert palette.field.accessibleName() == "Search"
    assert QApplication.instance() is not None
    assert palette.list.toolTip()
