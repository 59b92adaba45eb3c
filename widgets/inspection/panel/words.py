"""What the Inspector's panel says of its state and its one action."""

from __future__ import annotations

from engines.core.words import tr
from widgets.inspection.state import LIVE, InspectionView, Page
from widgets.inspection.words import amount
from widgets.kit.words import DOT

OPEN = tr("Open model"), tr("A model file or a diffusers folder; files may also be dropped here")
LOOK = tr("Look"), tr("Look at the source with this model, live")
STOP = tr("Stop"), tr("Look no longer; what was seen stays")
AGAIN = tr("Play again"), tr("Play the recording from its start and look at it")
VERBS: dict[Page, tuple[str, str]] = {
    Page.MODEL: OPEN,
    Page.GRAPH: OPEN,
    Page.ATTRIBUTION: (tr("Explain"), tr("Find the pixels that the chosen output rests on")),
    Page.COMPARE: (tr("Compare"), tr("Run both and compare every layer")),
}
"""Word and tip of the one action of each page that does not look."""
LEVELS = {"safe": "good", "code": "warn", "refused": "bad"}


def headline(view: InspectionView) -> str:
    """'looking at Camera 1, 12 frames a second' and the model's title; without it title, format and parameters."""
    sheet = view.model.sheet
    if view.model.busy is not None:
        return tr("Opening the model") if sheet is None else tr("Timing its layers")
    if sheet is None:
        return tr("No model is open")
    if now := looking(view):
        return DOT.join((*now, sheet.title))
    counted = (
        (tr("{amount} parameters", amount=amount(sheet.counts.parameters_shared_once)),)
        if sheet.counts.parameters
        else ()
    )
    return DOT.join((sheet.title, str(sheet.format), *counted))


def looking(view: InspectionView) -> tuple[str, ...]:
    """What is being looked at, nothing while nothing is."""
    look = view.look
    if view.page not in LIVE or not look.on:
        return ()
    return (
        (look.note,)
        if look.note
        else (tr("looking at {look}, {rate:.0f} frames a second", look=look.title, rate=look.rate),)
    )


def level(view: InspectionView) -> str:
    """Colour of the mark beside it."""
    if view.trouble is not None:
        return "bad"
    if view.busy is not None:
        return "busy"
    sheet = view.model.sheet
    return "" if sheet is None else LEVELS[sheet.safety.verdict]


def verb(view: InspectionView) -> tuple[str, str]:
    """Word and tip of the one action."""
    if view.model.sheet is None:
        return OPEN
    if view.page in LIVE:
        return AGAIN if view.look.over else STOP if view.look.on else LOOK
    return VERBS[view.page]


def problem(view: InspectionView) -> str:
    """Why the action cannot be done, "" when it can."""
    if view.busy is not None:
        return tr("A model is being opened") if view.model.busy is not None else tr("It is under way")
    opens = view.model.sheet is None or VERBS.get(view.page) is OPEN
    return "" if opens or view.look.on else view.problem
