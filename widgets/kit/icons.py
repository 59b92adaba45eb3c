"""Icons by what they stand for, from one set (Phosphor), in the colours of the theme in force.

The font is the one QtAwesome carries. It is read directly: QtAwesome's own loader costs .26 s at start, and its icons
keep the colour they were made with, while these look the colour up when they are painted and so follow the theme.
"""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPaintEvent, QPixmap, QPixmapCache
from PySide6.QtWidgets import QWidget

from widgets.kit.theme import ICON, LOOK

ROLES: dict[str, str] = {
    # sources
    "usb": "video-camera",
    "camera": "video-camera",
    "file": "film-strip",
    "folder": "folder",
    "stream": "broadcast",
    "tiled": "squares-four",
    "scene": "cube",
    "tile": "frame-corners",
    "straight": "hash-straight",
    # viewing
    "play": "play",
    "pause": "pause",
    "stop": "stop",
    "step-back": "skip-back",
    "step-forward": "skip-forward",
    "loop": "repeat",
    "speed": "gauge",
    "snapshot": "camera",
    "fit": "arrows-in-simple",
    "maximise": "arrows-out-simple",
    "restore": "arrows-in-simple",
    "zoom-in": "magnifying-glass-plus",
    "zoom-out": "magnifying-glass-minus",
    "engines": "stack",
    "viewer": "monitor-play",
    "grid-1": "square",
    "grid-2": "squares-four",
    "grid-3": "dots-nine",
    # actions
    "add": "plus",
    "remove": "minus",
    "delete": "trash",
    "close": "x",
    "cancel": "x",
    "retry": "arrow-clockwise",
    "undo": "arrow-u-up-left",
    "redo": "arrow-u-up-right",
    "copy": "copy",
    "command": "terminal-window",
    "save": "floppy-disk",
    "open": "folder-open",
    "load": "folder-open",
    "export": "export",
    "download": "download-simple",
    "print": "printer",
    "search": "magnifying-glass",
    "filter": "funnel-simple",
    "settings": "gear-six",
    "theme": "palette",
    "dark": "moon",
    "light": "sun",
    "help": "question",
    "more": "dots-three",
    "reveal": "arrow-square-out",
    "clear": "eraser",
    "capture": "aperture",
    "record": "record",
    "show": "eye",
    "hide": "eye-slash",
    "edit": "pencil-simple",
    "layout": "layout",
    "swap": "swap",
    "caret-down": "caret-down",
    "caret-right": "caret-right",
    "caret-up": "caret-up",
    "new": "file-plus",
    "sample": "magic-wand",
    "quit": "sign-out",
    "report": "file-text",
    "reset": "arrow-counter-clockwise",
    # panels
    "sources": "video-camera",
    "properties": "sliders-horizontal",
    "calibration": "crosshair",
    "calibrate": "crosshair",
    "rig": "polygon",
    "jobs": "queue",
    "log": "terminal-window",
    "faces": "user-focus",
    "actions": "person-simple-run",
    "timeline": "film-strip",
    "diffusion": "drop-half",
    "attention": "share-network",
    "inspector": "tree-structure",
    "chart": "chart-bar",
    "views": "image-square",
    "target": "crosshair",
    "palette": "command",
    # levels
    "good": "check-circle",
    "check": "check",
    "warn": "warning",
    "bad": "warning-circle",
    "busy": "spinner",
    "info": "info",
    "waiting": "clock",
    "idle": "circle",
    "cancelled": "prohibit",
    "notice": "bell",
}
FALLBACK = "circle"


class _Glyph(QIconEngine):
    """One letter of the icon font. `token` is the colour at rest, `active` the colour while switched on."""

    def __init__(self, role: str, token: str, active: str) -> None:
        super().__init__()
        self._letter = letter(role)
        self._token = token
        self._active = active

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.setPen(self._color(mode, state))
        painter.setFont(_font(rect.height()))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._letter)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        color = self._color(mode, state).name(QColor.NameFormat.HexArgb)
        key = f"glyph/{ord(self._letter)}/{color}/{size.width()}x{size.height()}"
        made = QPixmap(size)
        if not size.isEmpty() and not QPixmapCache.find(key, made):
            made.fill(Qt.GlobalColor.transparent)
            painter = QPainter(made)
            self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
            painter.end()
            QPixmapCache.insert(key, made)
        return made

    def _color(self, mode: QIcon.Mode, state: QIcon.State) -> QColor:
        if mode == QIcon.Mode.Disabled:
            return LOOK.now.color("muted", 0.45)
        if state == QIcon.State.On:
            return LOOK.now.color(self._active)
        return LOOK.now.color(self._token)


@cache
def icon(role: str, token: str = "muted", active: str = "accent") -> QIcon:
    """The icon of a role in `ROLES` (or of a Phosphor name). Follows the theme by itself; safe to keep."""
    return QIcon(_Glyph(role, token, active))


def draw_icon(painter: QPainter, rect: QRect, role: str, token: str = "muted") -> None:
    """Draw the icon into `rect`."""
    icon(role, token).paint(painter, rect)


class IconMark(QWidget):
    """An icon beside words: as sharp as each screen it is on, in the colours of the theme in force."""

    def __init__(self, role: str = "", token: str = "muted", side: int = ICON) -> None:
        super().__init__()
        self.shown = role, token
        self.setFixedSize(side, side)
        LOOK.changed.connect(self.update)

    def set_icon(self, role: str, token: str) -> None:
        if (role, token) != self.shown:
            self.shown = role, token
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.shown[0]:
            draw_icon(QPainter(self), self.rect(), *self.shown)


def letter(role: str) -> str:
    """The letter of the icon font that shows `role`."""
    letters = _letters()
    return chr(int(letters.get(ROLES.get(role, role), letters[FALLBACK]), 16))


@cache
def _font_files() -> tuple[Path, Path]:
    spec = importlib.util.find_spec("qtawesome")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("QtAwesome, which carries the icon font, is not installed")
    fonts = Path(spec.submodule_search_locations[0]) / "fonts"
    return next(fonts.glob("phosphor-[0-9]*.ttf")), next(fonts.glob("phosphor-charmap-*.json"))


@cache
def _letters() -> dict[str, str]:
    return json.loads(_font_files()[1].read_text(encoding="utf-8"))


@cache
def _family() -> str:
    number = QFontDatabase.addApplicationFont(str(_font_files()[0]))
    return QFontDatabase.applicationFontFamilies(number)[0]


def _font(pixels: int) -> QFont:
    font = QFont(_family())
    font.setPixelSize(max(pixels, 1))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font
