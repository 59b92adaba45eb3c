"""A comparison layer by layer in words: which layer differs first, and by how much each does."""

from __future__ import annotations

from engines.inspection.studies import CompareResult, LayerDifference
from widgets.charts.axes import figure
from widgets.kit.words import DASH, count, file_name

HEADERS = ("Layer", "Operator", "Relative error", "Cosine", "Largest", "Note")
TIPS = (
    "In order of execution; of two names that of the second model stands behind the first",
    "What the layer does",
    "Length of the difference over the length of the first",
    "1 where both point the same way",
    "Of one element, absolute",
    "Why it could not be compared",
)


def row_of(layer: LayerDifference) -> tuple[str, ...]:
    """A row of the table."""
    names = [layer.name, layer.other_name] if layer.other_name not in ("", layer.name) else [layer.name]
    name = " | ".join(filter(None, names)) or layer.other_name
    cosine = DASH if layer.cosine is None else f"{layer.cosine:.6f}"
    return (name, layer.type, _figure(layer.error), cosine, _figure(layer.largest), layer.note or " ")


def headline(result: CompareResult) -> str:
    """Which layer differs first."""
    if not result.layers:
        return "There is nothing to compare"
    if not result.first_differing:
        return "No layer differs"
    return f"{result.first_differing} is the first layer that differs"


def state_words(result: CompareResult) -> str:
    """How many differ, of what."""
    told = [layer.error for layer in result.layers if layer.error is not None]
    differ = sum(error > result.spec.tolerance for error in told)
    rest = len(result.layers) - len(told)
    beside = f", {count(rest, 'layer')} without a partner" if rest else ""
    seen = f"{differ:,} of {count(len(told), 'layer')} differ by more than {figure(result.spec.tolerance)}{beside}"
    return f"{seen}; {names(result)}"


def names(result: CompareResult) -> str:
    """What was compared with what."""
    spec = result.spec
    if spec.second.path:
        return f"{file_name(spec.first.path)} and {file_name(spec.second.path)}"
    return f"{file_name(spec.picture)} and {file_name(spec.other)} in {file_name(spec.first.path)}"


def _figure(value: float | None) -> str:
    return DASH if value is None else figure(value)
