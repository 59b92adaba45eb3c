"""Words of the attention panel's head: what the page in front is at."""

from __future__ import annotations

from widgets.attention.state import AttentionView, Page, SeeView, WatchView
from widgets.kit.words import count, seconds_words

VERBS = {
    Page.COMPARE: ("Compare", "Measure these kinds over these lengths, turn by turn"),
    Page.WATCH: ("Play", "Go through the tiled algorithm, tile by tile"),
    Page.SEE: ("Sample", "Sample, and keep what the attention layers do"),
}


def headline(view: AttentionView) -> str:
    """One line of state."""
    if view.trouble is not None:
        return view.trouble.title
    if view.page is Page.COMPARE:
        spec = view.compare.spec
        return f"{count(len(spec.kinds), 'kind')} over {count(len(spec.lengths), 'length')}"
    return _watched(view.watch) if view.page is Page.WATCH else _seen(view.see)


def _watched(view: WatchView) -> str:
    """'16 tiles, 6 of them skipped'."""
    if view.trace is None:
        return ""
    skipped = sum(step.skipped for step in view.trace.steps)
    return count(len(view.trace.steps), "tile") + (f", {skipped} of them skipped" if skipped else "")


def _seen(view: SeeView) -> str:
    """'5 layers over 12 steps, 0.4 s'."""
    if view.result is None:
        return "Nothing was sampled yet"
    layers, steps = count(len(view.result.sites), "layer"), count(len(view.result.steps), "step")
    return f"{layers} over {steps}, {seconds_words(view.result.seconds)}"


def level(view: AttentionView) -> str:
    return "bad" if view.trouble is not None else "busy" if view.busy is not None else ""


def problem(view: AttentionView) -> str:
    """Why the page's action cannot be done, "" where it can."""
    if view.page is Page.COMPARE:
        spec = view.compare.spec
        return "Choose a kind" if not spec.kinds else "Choose a length" if not spec.lengths else ""
    return "Choose a model" if view.page is Page.SEE and not view.see.spec.model else ""


def estimate_words(view: AttentionView) -> str:
    """How long it is likely to take, where that is long enough to be said."""
    return f"about {seconds_words(view.compare.seconds)}" if view.compare.seconds >= 1 else ""
