"""Words of the attention panel's head: what the page in front is at."""

from __future__ import annotations

from widgets.attention.state import AttentionView, Page
from widgets.kit.words import count, seconds_words

VERBS = {
    Page.COMPARE: ("Compare", "Measure these kinds over these lengths, turn by turn"),
    Page.WATCH: ("Watch", "Step through the tiled algorithm"),
    Page.SEE: ("Sample", "Sample, and keep what the attention layers do"),
}


def headline(view: AttentionView) -> str:
    """One line of state."""
    if view.trouble is not None:
        return view.trouble.title
    if view.page is Page.COMPARE:
        spec = view.compare.spec
        return f"{count(len(spec.kinds), 'kind')} over {count(len(spec.lengths), 'length')}"
    return ""


def level(view: AttentionView) -> str:
    return "bad" if view.trouble is not None else "busy" if view.busy is not None else ""


def problem(view: AttentionView) -> str:
    """Why the page's action cannot be done, "" where it can."""
    if view.page is Page.COMPARE:
        spec = view.compare.spec
        return "Choose a kind" if not spec.kinds else "Choose a length" if not spec.lengths else ""
    return "This page is not there yet"


def estimate_words(view: AttentionView) -> str:
    """How long it is likely to take, where that is long enough to be said."""
    return f"about {seconds_words(view.compare.seconds)}" if view.compare.seconds >= 1 else ""
