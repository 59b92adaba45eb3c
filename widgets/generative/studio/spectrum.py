"""The radial power spectrum of a data set with the noise level across it: what lies below has not been decided yet."""

from __future__ import annotations

from engines.generative.diffusion.studies.types import SpectrumResult
from widgets.charts.axes import figure
from widgets.charts.plot import Plot, Series


class SpectrumPlot(Plot):
    """Both axes logarithmic. The noise is white, so a noise level sigma is the line sigma^2 across."""

    def __init__(self) -> None:
        super().__init__("Spectrum and noise level", "Frequency (cycles/pixel)", "Power", log_x=True, log_y=True)
        self._result: SpectrumResult | None = None
        self.set_nothing("Measuring the spectrum of this model's data")

    def show_spectrum(self, result: SpectrumResult | None, sigma: float | None) -> None:
        """`sigma`: noise level of the shown step, None where there is none."""
        if result is not self._result:
            self._result = result
            self.set_series(
                () if result is None else [Series("Data", result.frequencies, result.power)],
            )
        finite = sigma is not None and 0 < sigma < float("inf")
        self.set_level(sigma**2 if finite and sigma is not None else None, f"noise, \u03c3\u00b2 = {_square(sigma)}")


def _square(sigma: float | None) -> str:
    return figure(sigma**2) if sigma is not None else ""
