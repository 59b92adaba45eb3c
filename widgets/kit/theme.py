"""The tokens every widget takes its colours, sizes and fonts from, and the one style sheet built from them.

`LOOK` holds the theme in force; `workbench.window.theme` chooses it. Painters read `LOOK.now`, and repaint on
`LOOK.changed`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from string import Template

from PySide6.QtCore import QDir, QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPalette
from PySide6.QtWidgets import QApplication

STYLE = Path(__file__).resolve().parents[2] / "resources" / "theme.qss"


@dataclass(frozen=True, slots=True)
class Tokens:
    """Colours as #rrggbb. Spacing 4, 8, 12, 16; control height 28; radius 6; icons 16 pixels."""

    name: str
    base: str
    surface: str
    raised: str
    line: str
    text: str
    muted: str
    accent: str
    on_accent: str
    good: str
    warn: str
    bad: str
    series: tuple[str, ...]

    def color(self, token: str, alpha: float = 1.0) -> QColor:
        color = QColor(getattr(self, token))
        color.setAlphaF(alpha)
        return color

    def nth(self, index: int) -> QColor:
        """Colour of the index-th series of a chart or overlay."""
        return QColor(self.series[index % len(self.series)])


DARK = Tokens(
    name="dark",
    base="#14171c",
    surface="#1b1f26",
    raised="#242a33",
    line="#313945",
    text="#e7eaf0",
    muted="#9aa5b4",
    accent="#4db5ff",
    on_accent="#0b1016",
    good="#46c98b",
    warn="#f0b445",
    bad="#ff7676",
    series=("#4db5ff", "#f0b445", "#46c98b", "#e58fd0", "#b79cff", "#ff8f5c", "#7fd6d0", "#c7c96b"),
)
LIGHT = Tokens(
    name="light",
    base="#f4f6f8",
    surface="#ffffff",
    raised="#eef1f5",
    line="#d7dde5",
    text="#1a1e24",
    muted="#56616f",
    accent="#0a65ae",
    on_accent="#ffffff",
    good="#137337",
    warn="#935400",
    bad="#be2626",
    series=("#0b72c4", "#a15c00", "#15803d", "#a83f8d", "#6a48c9", "#b8481a", "#177a74", "#6b6d12"),
)
THEMES = {theme.name: theme for theme in (DARK, LIGHT)}
SPACE = (0, 4, 8, 12, 16)
CONTROL_HEIGHT = 28
RADIUS = 6
ICON = 16
COMPACT = 0.8
"""Heights in a compact window, beside those of a comfortable one."""


class Look(QObject):
    """The theme in force. One for the application."""

    changed = Signal()
    packed = Signal()
    """Controls and rows are of another height, and there is more or less air between them."""

    def __init__(self) -> None:
        super().__init__()
        self.now = DARK
        self.compact = False

    def pack(self, compact: bool) -> None:
        """Lower controls and rows and less air, or as they were; the style sheet follows with the next `dress`."""
        if compact != self.compact:
            self.compact = compact
            self.packed.emit()

    def apply(self, app: QApplication, tokens: Tokens) -> None:
        """Put a theme on the whole application."""
        self.dress(app, tokens)
        self.changed.emit()

    def dress(self, app: QApplication, tokens: Tokens) -> None:
        """The part of `apply` that Qt does: palette and style sheet. `changed` is to be sent afterwards."""
        self.now = tokens
        icons = STYLE.parent / "icons"
        QDir.setSearchPaths("glyph", [str(icons)])
        QIcon.setFallbackSearchPaths([str(icons / tokens.name)])  # files and folders where the desktop has no icons
        if app.property("look") is None:
            app.setProperty("look", "fusion")
            app.setStyle("Fusion")
            app.setFont(number_font())
        if app.styleSheet():
            app.setStyleSheet("")  # from one sheet straight to another Qt takes three times as long
        app.setPalette(palette(tokens))
        app.setStyleSheet(style_sheet(tokens))


LOOK = Look()


def high(pixels: int) -> int:
    """The height of a control or a row that has so many pixels in a comfortable window."""
    return round(pixels * COMPACT) if LOOK.compact else pixels


def air(pixels: int) -> int:
    """The same of what lies between them."""
    return round(pixels * COMPACT * COMPACT) if LOOK.compact else pixels


def palette(tokens: Tokens) -> QPalette:
    """Fusion's palette in these tokens."""
    roles = QPalette.ColorRole
    plan = {
        roles.Window: tokens.base,
        roles.Base: tokens.surface,
        roles.AlternateBase: tokens.raised,
        roles.Button: tokens.raised,
        roles.ToolTipBase: tokens.raised,
        roles.Text: tokens.text,
        roles.WindowText: tokens.text,
        roles.ButtonText: tokens.text,
        roles.ToolTipText: tokens.text,
        roles.PlaceholderText: tokens.muted,
        roles.Highlight: tokens.accent,
        roles.HighlightedText: tokens.on_accent,
        roles.Link: tokens.accent,
        roles.Mid: tokens.line,
        roles.Dark: tokens.line,
        roles.Light: tokens.raised,
    }
    made = QPalette()
    for role, color in plan.items():
        made.setColor(role, QColor(color))
    for role in (roles.Text, roles.WindowText, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.muted))
    return made


def style_sheet(tokens: Tokens) -> str:
    """`resources/theme.qss` with the tokens filled in, and the tones between them."""
    values = {name: getattr(tokens, name) for name in Tokens.__slots__ if isinstance(getattr(tokens, name), str)}
    sheet = Template(STYLE.read_text(encoding="utf-8")).safe_substitute(values | tones(tokens))
    return squeezed(sheet) if LOOK.compact else sheet


def tones(tokens: Tokens) -> dict[str, str]:
    """Four colours between the tokens, for edges and for hovered and chosen things."""
    return {
        "hover": mixed(tokens.raised, tokens.text, 0.07),
        "edge": mixed(tokens.line, tokens.muted, 0.4),
        "accent_hover": mixed(tokens.accent, tokens.text, 0.14),
        "accent_soft": mixed(tokens.surface, tokens.accent, 0.18),
    }


def squeezed(sheet: str) -> str:
    """The style sheet with lower controls and with less air above and below words; widths stay."""
    lower = re.sub(r"min-height: (\d\d)px", lambda found: f"min-height: {round(int(found[1]) * COMPACT)}px", sheet)
    tight = r"padding: ([4-9])px (\d+px)"
    return re.sub(tight, lambda found: f"padding: {round(int(found[1]) * COMPACT * COMPACT)}px {found[2]}", lower)


def mixed(first: str, second: str, share: float) -> str:
    """`first` with a share of `second`, as #rrggbb."""
    a, b = QColor(first), QColor(second)
    pairs = zip((a.red(), a.green(), a.blue()), (b.red(), b.green(), b.blue()), strict=True)
    return QColor(*(round(x + (y - x) * share) for x, y in pairs)).name()


def number_font(size: int = 13) -> QFont:
    """The UI font with tabular digits, so that numbers line up."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPixelSize(size)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font
