"""The Inspector's form, kept in the project and brought back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from engines.core.spec import from_json, to_json
from engines.inspection.looks import LookSpec
from engines.inspection.studies import CompareSpec
from engines.inspection.types import OpenSpec
from widgets.inspection.state import Page
from workbench.controllers.common import kept_form
from workbench.services import Services

PANEL = "inspection"


@dataclass(frozen=True, slots=True)
class Form:
    """One for the whole panel. source: path of the feed that is looked at. look: its `view` is that of the page in
    front."""

    page: Page = Page.MODEL
    model: OpenSpec = OpenSpec()
    recent: tuple[str, ...] = ()
    source: str = ""
    look: LookSpec = LookSpec()
    compare: CompareSpec = CompareSpec()


def keep_form(form: Form, services: Services) -> None:
    """Save the form in the project, and as the default of the next one."""
    kept_form.keep(services, PANEL, to_json(form))


def restore_form(services: Services) -> Form:
    """The form of the project, else of the last settings; the default for one that cannot be read."""
    return kept_form.restore(services, PANEL, partial(from_json, Form), Form())
