"""What the Inspector's panel says of its state and its one action."""

from __future__ import annotations

from widgets.inspection.state import InspectionView


def headline(view: InspectionView) -> str:
    """One line of state."""
    sheet = view.model.sheet
    if view.model.busy is not None:
        return "Opening the model"
    return "No model is open" if sheet is None else sheet.title


def level(view: InspectionView) -> str:
    """Colour of the mark beside it."""
    if view.trouble is not None:
        return "bad"
    sheet = view.model.sheet
    return "" if sheet is None else {"safe": "good", "code": "warn", "refused": "bad"}[sheet.safety.verdict]


def verb(_view: InspectionView) -> tuple[str, str]:
    """Word and tip of the one action."""
    return "Open model", "A model file or a diffusers folder; files may also be dropped here"


def problem(view: InspectionView) -> str:
    """Why the action cannot be done, "" when it can."""
    return "A model is being opened" if view.model.busy is not None else ""
