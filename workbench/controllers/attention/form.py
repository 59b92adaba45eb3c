"""The values of the attention panel's forms, kept between two starts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from engines.attention.types import KINDS, CompareSpec, SeeSpec, WatchSpec
from engines.core.spec import from_json, to_json
from widgets.attention.state import Page
from workbench.controllers.common import kept_form
from workbench.services import Services

PANEL = "attention"


@dataclass(frozen=True, slots=True)
class Form:
    """One for the whole panel: every page keeps what was set for it."""

    page: Page = Page.COMPARE
    compare: CompareSpec = CompareSpec()
    watch: WatchSpec = WatchSpec()
    see: SeeSpec = SeeSpec()


def keep_form(form: Form, services: Services) -> None:
    """Save the form in the project, and as the default of the next one."""
    kept_form.keep(services, PANEL, to_json(form))


def restore_form(services: Services) -> Form:
    """The form of the project, else of the last settings; the default for one that cannot be read. A kind that there is
    no more is left out."""
    form = kept_form.restore(services, PANEL, partial(from_json, Form), Form())
    known = tuple(kind.id for kind in KINDS if kind.id in form.compare.kinds)
    return replace(form, compare=replace(form.compare, kinds=known))
