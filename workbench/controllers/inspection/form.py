"""The Inspector's form, kept in the project and brought back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from engines.core.networks.preprocessing import Preprocessing
from engines.core.spec import from_json, to_json
from engines.inspection.attribution.asked import AttributeSpec
from engines.inspection.looks import LookSpec
from engines.inspection.studies import CompareSpec
from engines.inspection.types import OpenSpec
from widgets.inspection.state import ComparedOn, Page
from workbench.controllers.common import kept_form
from workbench.services import Services

PANEL = "inspection"
MOST_RECENT = 12


@dataclass(frozen=True, slots=True)
class Known:
    """A file and what was told of it: shapes of its inputs, how pictures go in (None: as the model says)."""

    spec: OpenSpec = OpenSpec()
    preprocessing: Preprocessing | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """One for the whole panel. model: what is open, path "" for nothing. recent: newest first, what is open too.

    source: path of the feed that is looked at. Fields that are named as pages are their settings; what is open and how
    pictures go in is put into them when they are used.
    """

    page: Page = Page.MODEL
    model: Known = Known()
    recent: tuple[Known, ...] = ()
    source: str = ""
    field: LookSpec = LookSpec(view="field")
    activations: LookSpec = LookSpec(view="activations")
    attention: LookSpec = LookSpec(view="attention")
    attribution: AttributeSpec = AttributeSpec()
    compare: CompareSpec = CompareSpec()
    compared_on: ComparedOn = "looked"

    def known(self, path: str) -> Known:
        """What was told of a file before."""
        return next((one for one in self.recent if one.spec.path == path), Known(OpenSpec(path)))

    def with_model(self, model: Known) -> Form:
        """This one open, path "" for none. Layers and units of another model mean nothing in it."""
        rest = tuple(one for one in self.recent if one.spec.path != model.spec.path)
        recent = ((model, *rest) if model.spec.path else rest)[:MOST_RECENT]
        form = replace(self, model=model, recent=recent)
        return form if model.spec.path == self.model.spec.path else form.without_places()

    def without_places(self) -> Form:
        """Each page at the layer, channel and unit that fits a model nobody has looked into."""
        first = {"layer": "", "channel": 0, "unit": (-1, -1), "head": -1}
        looks = {page: replace(getattr(self, page), **first) for page in ("field", "activations", "attention")}
        return replace(self, **looks, attribution=replace(self.attribution, layer="", target=""))


def keep_form(form: Form, services: Services) -> None:
    """Save the form in the project, and as the default of the next one."""
    kept_form.keep(services, PANEL, to_json(form))


def restore_form(services: Services) -> Form:
    """The form of the project, else of the last settings; the default for one that cannot be read.

    That a file's program may run is never taken from a project: somebody else may have made it.
    """
    form = kept_form.restore(services, PANEL, partial(from_json, Form), Form())
    return replace(form, model=unrun(form.model), recent=tuple(map(unrun, form.recent)))


def unrun(known: Known) -> Known:
    """The same, without leave to run a program."""
    return replace(known, spec=replace(known.spec, code=False, time=False))
