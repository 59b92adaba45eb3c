"""What the page of attribution says of targets, methods, checks and curves."""

from __future__ import annotations

from engines.core.words import as_sentence, tr
from engines.inspection.attribution.asked import INFO, METHODS, AttributeResult, AttributeSpec, Curve, Explained, Sanity
from widgets.charts.axes import figure
from widgets.inspection.state import InspectionView
from widgets.kit.figures_table import DASH, Row, csv_text

LEVELS = {"depends": "good", "partly": "warn", "ignores": "bad", "unknown": ""}
NO_MODEL = tr("Open a model file to see which pixels its outputs rest on")
NO_PICTURE = tr("Choose a picture to explain, or a source to look at")
EXPLAIN = tr("Nothing is explained yet: find the pixels that the largest output rests on")
HEADERS = (tr("Method"), tr("Deletion"), tr("Insertion"), tr("Shuffled"), tr("Sum off by"), tr("Time"))
TIPS = (
    tr("What made the map"),
    tr("Area under the score as the most important pixels go: lower is better"),
    tr("Area under the score as the most important pixels come: higher is better"),
    tr("Rank correlation of |map| with that of the same model with shuffled weights: near 0 is good"),
    tr("How far the attributions are from adding up to the output's change"),
    tr("Of the map alone, on this machine"),
)


def missing(view: InspectionView) -> tuple[str, str]:
    """Why nothing is shown, and the word on the button for what comes next, "" for none."""
    if view.model.sheet is None:
        return NO_MODEL, "" if view.model.busy is not None else tr("Open model")
    if view.busy is not None:
        return tr("The picture is being explained"), ""
    if view.problem:
        return view.problem, tr("Choose picture") if view.problem == NO_PICTURE else tr("Open another model")
    return EXPLAIN, tr("Explain")


def method_of(spec: AttributeSpec) -> str:
    """The one method that the form stands at."""
    return next((id for id in spec.methods if id in INFO), METHODS[2].id)


def target_words(result: AttributeResult) -> str:
    """'Output 281 of 1,000 in 'logits', value 7.31, softmax 64 %'."""
    target = result.target
    share = "" if target.share is None else tr(", softmax {share:.3g} %", share=100 * target.share)
    return tr("{words}, value {target:.4g}{share}", words=as_sentence(target.words), target=target.value, share=share)


def sanity_words(sanity: Sanity) -> str:
    """'Depends on the weights: rank correlation 0.08, SSIM 0.11 with all weights shuffled'."""
    last = sanity.stages[-1]
    return tr(
        "{words}: rank correlation {signed}, SSIM {ssim:.2f} with all weights shuffled",
        words=sanity.words,
        signed=_signed(last.rank),
        ssim=last.ssim,
    )


def checked(one: Explained) -> str:
    """Figures of the checks, and whose layer it is, in one line."""
    sane = one.sanity
    likeness = (
        tr("rank correlation {signed} with shuffled weights", signed=_signed(sane.stages[-1].rank))
        if sane is not None
        else ""
    )
    layer = tr("layer {layer}", layer=one.layer) if one.layer else ""
    said = ", ".join(filter(None, (likeness, completeness_words(one), layer)))
    return as_sentence(said)


def completeness_words(one: Explained) -> str:
    """'adds up to 3.21 of 3.21 (off by 0.02 %, 96 gradients)', "" where a method promises none."""
    told = one.completeness
    if told is None:
        return ""
    sums = tr("adds up to {total:.4g} of {difference:.4g}", total=told.sum, difference=told.difference)
    return tr("{sums} (off by {error:.2g} %, {steps} gradients)", sums=sums, error=100 * told.error, steps=told.steps)


def rows(result: AttributeResult) -> list[Row]:
    """A row a method, and the random order below."""
    found = [
        (one.title, *_areas(one.curve), _signed(one.sanity.stages[-1].rank) if one.sanity else DASH,
         f"{100 * one.completeness.error:.2g} %" if one.completeness else DASH, f"{one.milliseconds:.0f} ms")
        for one in result.explained
    ]  # fmt: skip
    return [*found, (tr("Random order"), *_areas(result.random), DASH, DASH, DASH)] if result.random else found


def csv(result: AttributeResult) -> str:
    """The same with all digits, and the target in every row."""
    heads = ("method", "layer", "target", "value", "deletion_area", "insertion_area", "verdict", "rank_correlation",
             "ssim", "completeness_error", "milliseconds")  # fmt: skip
    return csv_text([heads, *(_figures(one, result) for one in result.explained)])


def _figures(one: Explained, result: AttributeResult) -> Row:
    areas = (one.curve.deletion_area, one.curve.insertion_area) if one.curve else ("", "")
    last = one.sanity.stages[-1] if one.sanity else None
    sane = (one.sanity.verdict, last.rank, last.ssim) if one.sanity and last else ("", "", "")
    error = one.completeness.error if one.completeness else ""
    told = (one.method, one.layer, result.target.words, result.target.value, *areas, *sane, error, one.milliseconds)
    return tuple(map(str, told))


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "\u2212")


def _areas(curve: Curve | None) -> tuple[str, str]:
    return (figure(curve.deletion_area), figure(curve.insertion_area)) if curve else (DASH, DASH)
