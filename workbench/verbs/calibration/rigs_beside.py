"""Two rigs beside each other, as other programs and as people read it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from workbench.verbs import console

if TYPE_CHECKING:
    from rich.table import Table

    from engines.calibration.rig.differences import CameraDifference, PairDifference, RigComparison

_STYLES = ("green", "yellow", "red", "red")


def as_json(told: RigComparison) -> dict[str, Any]:
    """The object that other tools read. Its keys stay."""
    return {
        "cameras": [_camera(one) for one in told.cameras],
        "pairs": [_pair(one) for one in told.pairs],
        "scale_percent": told.scale_percent,
        "scale_deviations": told.scale_deviations,
        "matched": "name" if told.by_name else "order",
        "about": told.about,
        "only_first": list(told.only_first),
        "only_second": list(told.only_second),
        "agree": told.agree,
        "findings": [asdict(one) for one in told.findings],
    }


def show(told: RigComparison) -> None:
    """The differences as tables, what of them counts first."""
    terminal = console.out()
    for finding in told.findings:
        terminal.print(finding.words, style=_STYLES[finding.level])
    by = "those cameras that stand as before" if any(one.moved for one in told.cameras) else "all cameras"
    by = f"camera {told.about}" if told.about else by
    terminal.print(f"Laid onto each other by {by}; distances are {told.scale_percent:+.3f} % in the second")
    heads = "", "place mm", "turn deg", "lens px", "at most px", "sigma"
    terminal.print(_table(heads, [_camera_cells(one) for one in told.cameras]))
    heads = "", "first mm", "second mm", "apart mm", "sigma", "apart deg", "sigma"
    names = {one.first: one.name for one in told.cameras}
    terminal.print(_table(heads, [_pair_cells(one, names) for one in told.pairs]))


def _camera(one: CameraDifference) -> dict[str, Any]:
    lens = one.lens
    return {
        "name": one.name,
        "place_mm": one.place_mm,
        "turn_deg": one.turn_deg,
        "moved": one.moved,
        "lens_usual_px": one.usual_px,
        "lens_rms_px": None if lens is None else _known(lens.rms_px),
        "lens_largest_px": None if lens is None else _known(lens.largest_px),
        "lens_deviations": one.deviations,
        "lens_resized": one.resized,
        "parameters": [] if lens is None else [asdict(each) for each in lens.parameters],
    }


def _pair(one: PairDifference) -> dict[str, Any]:
    return {
        "pair": f"{one.first}-{one.second}",
        "distances_m": list(one.distances),
        "apart_mm": one.apart_mm,
        "deviations": one.deviations,
        "angles_deg": list(one.angles),
        "apart_deg": one.apart_deg,
        "angle_deviations": one.angle_deviations,
    }


def _camera_cells(one: CameraDifference) -> tuple[str, ...]:
    lens = ("", "") if one.lens is None else (f"{one.usual_px or 0.0:.3f}", f"{one.lens.largest_px:.4g}")
    return one.name, f"{one.place_mm:.3f}", f"{one.turn_deg:.4f}", *lens, _figure(one.deviations)


def _pair_cells(one: PairDifference, names: dict[int, str]) -> tuple[str, ...]:
    first, second = (f"{1e3 * each:.2f}" for each in one.distances)
    return (
        f"{names[one.first]} - {names[one.second]}", first, second, f"{one.apart_mm:+.3f}", _figure(one.deviations),
        f"{one.apart_deg:+.4f}", _figure(one.angle_deviations),
    )  # fmt: skip


def _known(value: float) -> float | None:
    from math import isfinite

    return value if isfinite(value) else None


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD)
    for head in heads:
        table.add_column(head, justify="right" if head else "left")
    for row in rows:
        table.add_row(*row)
    return table
