"""Words of the attention panel's head: what the page in front is at."""

from __future__ import annotations

from engines.core.words import tr, tr_count
from widgets.attention.state import AttentionView, Page, SeeView, WatchView
from widgets.kit.words import seconds_words

VERBS = {
    Page.COMPARE: (tr("Compare"), tr("Measure these kinds over these lengths, turn by turn")),
    Page.WATCH: (tr("Play"), tr("Go through the tiled algorithm, tile by tile")),
    Page.SEE: (tr("Sample"), tr("Sample, and keep what the attention layers do")),
}


def headline(view: AttentionView) -> str:
    """One line of state."""
    if view.trouble is not None:
        return view.trouble.title
    if view.page is Page.COMPARE:
        spec = view.compare.spec
        return tr(
            "{kinds} over {lengths}",
            kinds=tr_count(len(spec.kinds), "{n} kind", "{n:,} kinds"),
            lengths=tr_count(len(spec.lengths), "{n} length", "{n:,} lengths"),
        )
    return _watched(view.watch) if view.page is Page.WATCH else _seen(view.see)


def _watched(view: WatchView) -> str:
    """'16 tiles, 6 of them skipped'."""
    if view.trace is None:
        return ""
    skipped = sum(step.skipped for step in view.trace.steps)
    return tr_count(len(view.trace.steps), "{n} tile", "{n:,} tiles") + (
        tr(", {skipped} of them skipped", skipped=skipped) if skipped else ""
    )


def _seen(view: SeeView) -> str:
    """'5 layers over 12 steps, 0.4 s'."""
    if view.result is None:
        return tr("Nothing was sampled yet")
    layers, steps = (
        tr_count(len(view.result.sites), "{n} layer", "{n:,} layers"),
        tr_count(len(view.result.steps), "{n} step", "{n:,} steps"),
    )
    return tr(
        "{layers} over {steps}, {seconds_words}",
        layers=layers,
        steps=steps,
        seconds_words=seconds_words(view.result.seconds),
    )


def level(view: AttentionView) -> str:
    return "bad" if view.trouble is not None else "busy" if view.busy is not None else ""


def problem(view: AttentionView) -> str:
    """Why the page's action cannot be done, "" where it can."""
    if view.page is Page.COMPARE:
        spec = view.compare.spec
        return tr("Choose a kind") if not spec.kinds else tr("Choose a length") if not spec.lengths else ""
    return tr("Choose a model") if view.page is Page.SEE and not view.see.spec.model else ""


def estimate_words(view: AttentionView) -> str:
    """How long it is likely to take, where that is long enough to be said."""
    return (
        tr("about {seconds_words}", seconds_words=seconds_words(view.compare.seconds))
        if view.compare.seconds >= 1
        else ""
    )
