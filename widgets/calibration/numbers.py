"""The result as numbers: the two errors large, the verdict in a word, the parameters with their standard deviations.

Painted, so that digits line up at their points and the same rows read well in a narrow and in a wide panel.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QFont, QFontMetricsF, QGuiApplication, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from engines.calibration.types import MonoResult
from engines.core.lenses import DISTORTION_NAMES
from engines.core.words import tr
from widgets.calibration.state import VERDICTS, pixels, verdict_words
from widgets.kit.icons import draw_icon, icon
from widgets.kit.theme import LOOK, number_font

LEVELS = {"good": ("good", "good"), "fair": ("warn", "info"), "weak": ("warn", "warn"), "poor": ("bad", "bad")}
"""Token and icon of each verdict."""
ROW = 22
BIG, SMALL, APART = (28, 24, 20), 11, 24
"""Sizes of the figures, of the words at them, and how far apart the figures are."""
TWO_COLUMNS = 400
PLUS_MINUS = "\u00b1"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One line of the table. `value` and `std` are written with the same number of decimals."""

    name: str
    value: str
    std: str
    unit: str


def parameters(result: MonoResult) -> tuple[tuple[Parameter, ...], tuple[Parameter, ...]]:
    """Intrinsics and distortion, as they are written."""
    values = result.intrinsics
    names = ("fx", "fy", "cx", "cy")
    pinhole = group(names, [getattr(values, name) for name in names], [result.std.get(name) for name in names], "px")
    names = DISTORTION_NAMES[result.model]
    stds = list(result.distortion_std) or [None] * len(names)
    return pinhole, group(names, list(result.distortion), stds, "")


def group(
    names: Sequence[str], values: Sequence[float], stds: Sequence[float | None], unit: str
) -> tuple[Parameter, ...]:
    """Lines with the same decimals: as many as show two digits of the middle deviation and one of the smallest."""
    known = sorted(std for std in stds if std is not None and math.isfinite(std) and std > 0)
    decimals = 3 if unit else 5
    if known:
        decimals = min(7, max(2, 1 - _power(known[len(known) // 2]), -_power(known[0])))
    made = []
    for name, value, std in zip(names, values, stds, strict=False):
        written = f"{value:.{decimals}f}".replace("-", "\u2212")
        told = std is not None and math.isfinite(std) and std > 0
        made.append(Parameter(name, written, f"{std:.{decimals}f}" if told else "", unit))
    return tuple(made)


def _power(value: float) -> int:
    return math.floor(math.log10(value))


class ErrorFigures(QWidget):
    """The two errors, large, and the verdict beside them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._errors: tuple[tuple[str, float], ...] = ()
        self._word, self._faint = "", False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Reprojection error"))
        LOOK.changed.connect(self.update)

    def show_result(self, result: MonoResult, *, current: bool = True) -> None:
        """`current`: False draws the figures muted, because they belong to other views or settings."""
        words = tr("views that the model was solved without")
        self.show_errors(result.rms_px, result.loo_rms_px, result.verdict, words, current=current)

    def show_errors(self, rms: float, left: float | None, verdict: str, unseen: str, *, current: bool = True) -> None:
        """rms, left: in pixels, of the fit and of what was left out of it, which `unseen` names."""
        self._errors = (("RMS", rms), *(() if left is None else ((tr("Left out"), left),)))
        self._word, self._faint = verdict, not current
        told = tr(", {left} px with each view left out", left=pixels(left)) if left is not None else ""
        self.setAccessibleDescription(
            tr("RMS {rms} px{told}; {verdict}", rms=pixels(rms), told=told, verdict=verdict_words(verdict))
        )
        self.setToolTip(
            tr(
                "RMS: how far, in pixels, the model puts the corners from where they were "
                "found.\nLeft out: the same for {unseen}. Close to the RMS is a good sign.",
                unseen=unseen,
            )
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, 56)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._errors:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        size, right = self.size_that_fits(), 0.0
        for label, value in self._errors:
            right = self._figure(painter, right, label, value, size) + APART
        if self._word:
            self._verdict(painter, self._word)

    def size_that_fits(self) -> int:
        """Of the figures: the largest that leaves the verdict its room, or else the smallest."""
        values = [pixels(value) for _label, value in self._errors]
        units = len(values) * (4 + _advance("px", SMALL) + APART) - APART
        room = self.width() - _verdict_width(self._word) - 12 - units
        return next((size for size in BIG if sum(_advance(value, size) for value in values) <= room), BIG[-1])

    def _figure(self, painter: QPainter, left: float, label: str, value: float, size: int) -> float:
        """Draw one figure; where it ends."""
        big, small = number_font(size), number_font(SMALL)
        painter.setFont(big)
        painter.setPen(LOOK.now.color("muted" if self._faint else "text"))
        painter.drawText(QPointF(left, 46), pixels(value))
        end = left + QFontMetricsF(big).horizontalAdvance(pixels(value))
        painter.setPen(LOOK.now.color("muted"))
        painter.setFont(small)
        painter.drawText(QPointF(left, 13), label)
        painter.drawText(QPointF(end + 4, 46), "px")
        return end + 4 + QFontMetricsF(small).horizontalAdvance("px")

    def _verdict(self, painter: QPainter, verdict: str) -> None:
        token, role = LEVELS.get(verdict, ("muted", "info"))
        font, word, width = _verdict_font(), VERDICTS.get(verdict, verdict), _verdict_width(verdict)
        pill = QRectF(self.width() - width, 22, width, 28)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(LOOK.now.color(token, 0.08))
        painter.drawRoundedRect(pill, 14, 14)
        draw_icon(painter, QRectF(pill.x() + 10, pill.y() + 6, 16, 16).toRect(), role, token)
        painter.setFont(font)
        painter.setPen(LOOK.now.color(token))
        painter.drawText(pill.adjusted(32, 0, -10, 0), Qt.AlignmentFlag.AlignVCenter, word)


def _advance(text: str, size: int) -> float:
    return QFontMetricsF(number_font(size)).horizontalAdvance(text)


def _verdict_font() -> QFont:
    font = number_font(13)
    font.setWeight(font.Weight.DemiBold)
    return font


def _verdict_width(verdict: str) -> float:
    return (
        QFontMetricsF(_verdict_font()).horizontalAdvance(VERDICTS.get(verdict, verdict)) + 16 + 6 + 20
        if verdict
        else 0.0
    )


class ParameterTable(QWidget):
    """Intrinsics and distortion with their standard deviations, aligned at the decimal point."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._groups: tuple[tuple[Parameter, ...], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Camera parameters"))
        LOOK.changed.connect(self.update)

    def show_result(self, result: MonoResult) -> None:
        self._groups = parameters(result)
        self.setAccessibleDescription(self.text())
        self.setToolTip(tr("Values with one standard deviation. Right click to copy."))
        self._fit()
        self.update()

    def text(self) -> str:
        """The table as lines with tabs, for the clipboard."""
        lines = (row for group in self._groups for row in group)
        return "\n".join("\t".join((row.name, row.value, row.std, row.unit)).rstrip() for row in lines)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icon("copy"), tr("Copy figures")).triggered.connect(
            lambda: QGuiApplication.clipboard().setText(self.text())
        )
        menu.popup(event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        if self._side_by_side:
            half = self.width() / 2
            for number, group in enumerate(self._groups):
                self._group(painter, QPointF(number * (half + 8), 0), half - 8, group)
        else:
            top = 0.0
            for group in self._groups:
                self._group(painter, QPointF(0, top), self.width(), group)
                top += len(group) * ROW + 8

    @property
    def _side_by_side(self) -> bool:
        return self.width() >= TWO_COLUMNS

    def _fit(self) -> None:
        sizes = [len(group) for group in self._groups] or [0]
        rows = max(sizes) * ROW if self._side_by_side else sum(sizes) * ROW + 8
        self.setFixedHeight(rows)

    def _group(self, painter: QPainter, at: QPointF, width: float, group: tuple[Parameter, ...]) -> None:
        """Name at the left; value, deviation and unit against the right edge."""
        font, metrics = number_font(), QFontMetricsF(number_font())
        unit = max((metrics.horizontalAdvance(row.unit) for row in group), default=0.0)
        deviation = max((metrics.horizontalAdvance(f"{PLUS_MINUS} {row.std}") for row in group if row.std), default=0.0)
        painter.setFont(font)
        for number, row in enumerate(group):
            line = QRectF(at.x(), at.y() + number * ROW, width, ROW)
            right = line.right()
            self._write(painter, line, row.name, "muted", line.left(), Qt.AlignmentFlag.AlignLeft)
            if unit:
                self._write(painter, line, row.unit, "muted", right - unit, Qt.AlignmentFlag.AlignLeft)
                right -= unit + 6
            if row.std:
                self._write(painter, line, f"{PLUS_MINUS} {row.std}", "muted", right, Qt.AlignmentFlag.AlignRight)
            right -= deviation + 8 if deviation else 0
            self._write(painter, line, row.value, "text", right, Qt.AlignmentFlag.AlignRight)
            painter.setPen(LOOK.now.color("raised"))
            painter.drawLine(line.bottomLeft(), line.bottomRight())

    def _write(self, painter: QPainter, line: QRectF, text: str, token: str, at: float, side: Qt.AlignmentFlag) -> None:
        painter.setPen(LOOK.now.color(token))
        box = QRectF(line)
        box.setLeft(at if side == Qt.AlignmentFlag.AlignLeft else line.left())
        box.setRight(line.right() if side == Qt.AlignmentFlag.AlignLeft else at)
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, text)
