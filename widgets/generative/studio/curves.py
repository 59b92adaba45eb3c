"""Error curves: error against the exact ODE over evaluations or milliseconds, both axes logarithmic."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from engines.core.words import tr
from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.study_types import Curve, CurveResult
from widgets.charts.plot import Plot, Series
from widgets.generative.panel.words import sampler_title
from widgets.generative.state import Busy
from widgets.kit.fields import wrapped
from widgets.kit.keeping.fields import keep
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.panel import QuietButton, Segmented
from widgets.kit.work_parts import BusyLine, Framed

TITLES = {"evaluations": tr("Evaluations"), "milliseconds": tr("Time of the whole run (ms)")}


class CurvesPanel(QWidget):
    """One plot; what stands along x is chosen. `again` measures anew."""

    def __init__(self) -> None:
        super().__init__()
        self._result: CurveResult | None = None
        self.title = wrapped("heading", tr("Error"))
        choices = (("evaluations", tr("Evaluations")), ("milliseconds", tr("Time")))
        self.over = Segmented(tr("Cost"), choices, tip=tr("What the error is drawn over"))
        self.again = QuietButton("", "retry", tr("Measure again"), name=tr("Measure error curves"))
        self.plot = Plot(
            tr("Error curves"),
            TITLES["evaluations"],
            tr("Mean relative error against the exact ODE"),
            log_x=True,
            log_y=True,
        )
        self.plot.set_nothing(tr("Measuring errors against the exact ODE"))
        self.progress = BusyLine()
        head = held(row_of((self.title, 1), self.over, self.again, spacing=8, margins=(12, 6, 8, 0)))
        progress = Framed(self.progress, 12, 4)
        self.setLayout(column_of(head, (self.plot, 1), progress, spacing=4, margins=(0, 0, 0, 4)))
        self.over.chosen.connect(lambda _over: self._draw())
        keep("curves", over=self.over)
        self.setMinimumHeight(200)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    def show_curves(self, result: CurveResult | None, busy: Busy | None) -> None:
        self.progress.show_busy(busy)
        self.again.setEnabled(busy is None)
        self.over.setEnabled(result is not None)
        if result is not self._result:
            self._result = result
            self._draw()

    def _draw(self) -> None:
        curves = self._result.curves if self._result is not None else ()
        over = self.over.value()
        self.plot.x_title = TITLES[over]
        self.plot.set_series(drawn(curves, over))
        model = dict(catalog.ANALYTIC).get(self._result.model, self._result.model) if self._result else ""
        self.title.setText(tr("Error \u00b7 {model}", model=model) if model else tr("Error"))


def drawn(curves: tuple[Curve, ...], over: str) -> list[Series]:
    """A colour for each sampler; with teleport it is dashed, where the same is drawn without."""
    bases = list(dict.fromkeys(curve.name for curve in curves))
    both = any(curve.teleport for curve in curves)
    return [_series(curve, bases.index(curve.name), both, over) for curve in curves]


def _series(curve: Curve, place: int, both: bool, over: str) -> Series:
    title = sampler_title(curve.name)
    title = tr("{name}, teleport", name=title) if curve.teleport else title
    x = curve.evaluations if over == "evaluations" else curve.milliseconds
    style = int(curve.teleport) if both else place
    return Series(title, x, curve.errors, markers=True, place=place, style=style)
