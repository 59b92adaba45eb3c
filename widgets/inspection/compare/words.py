"""A comparison layer by layer in words: which layer differs first, and by how much each does."""

from __future__ import annotations

from engines.core.words import tr, tr_count
from engines.inspection.studies import CompareResult, LayerDifference
from widgets.charts.axes import figure
from widgets.kit.words import DASH, file_name

HEADERS = (tr("Layer"), tr("Operator"), tr("Relative error"), tr("Cosine"), tr("Largest"), tr("Note"))
TIPS = (
    tr("In order of execution; of two names that of the second model stands behind the first"),
    tr("What the layer does"),
    tr("Length of the difference over the length of the first"),
    tr("1 where both point the same way"),
    tr("Of one element, absolute"),
    tr("Why it could not be compared"),
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
        return tr("There is nothing to compare")
    if not result.first_differing:
        return tr("No layer differs")
    return tr("{first_differing} is the first layer that differs", first_differing=result.first_differing)


def state_words(result: CompareResult) -> str:
    """How many differ, of what."""
    told = [layer.error for layer in result.layers if layer.error is not None]
    differ = sum(error > result.spec.tolerance for error in told)
    rest = len(result.layers) - len(told)
    beside = tr_count(rest, ", {n} layer without a partner", ", {n:,} layers without a partner") if rest else ""
    seen = tr_count(
        len(told),
        "{differ:,} of {n} layer differ by more than {tolerance}{beside}",
        "{differ:,} of {n:,} layers differ by more than {tolerance}{beside}",
        differ=differ,
        tolerance=figure(result.spec.tolerance),
        beside=beside,
    )
    return f"{seen}; {names(result)}"


def names(result: CompareResult) -> str:
    """What was compared with what."""
    spec = result.spec
    if spec.second.path:
        return tr("{first} and {second}", first=file_name(spec.first.path), second=file_name(spec.second.path))
    return tr(
        "{picture} and {other} in {path}",
        picture=file_name(spec.picture),
        other=file_name(spec.other),
        path=file_name(spec.first.path),
    )


def _figure(value: float | None) -> str:
    return DASH if value is None else figure(value)
