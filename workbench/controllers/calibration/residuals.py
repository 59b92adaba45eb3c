"""The page of residuals: which view and corner are looked at, its photograph, and corners that are left out alone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, cast

from engines.calibration.types import Remedy
from widgets.calibration.pages.residuals import ResidualsPage
from widgets.calibration.pages.state import Chosen, Page
from workbench.controllers.calibration.part import PagePart
from workbench.controllers.calibration.pictures import picture


class Residuals(PagePart):
    page, kind = Page.RESIDUALS, ResidualsPage
    chosen = Chosen()

    def make(self) -> ResidualsPage:
        page = cast(ResidualsPage, super().make())
        page.cornerChosen.connect(self.choose)
        page.dropWanted.connect(self._drop)
        page.pictureWanted.connect(partial(self._ask, page))
        return page

    @property
    def fields(self) -> Mapping[str, Any]:
        return {"chosen": self.chosen}

    def choose(self, view: str, corner: int) -> None:
        """Look at a view by its name, and at one of its corners."""
        result = self.desk.session.result
        path = next((one.path for one in result.views if one.name == view), "") if result is not None else ""
        self.chosen = Chosen(view, corner)
        self.desk.choose_view(path)

    def follow(self) -> None:
        """Nothing is looked at where nothing is there."""
        if self.desk.session.result is None:
            self.chosen = Chosen()

    def forget(self) -> None:
        super().forget()
        self.chosen = Chosen()

    def _drop(self, corner: str, on: bool) -> None:
        self.desk.follow(Remedy("drop_corner", corner)) if on else self.desk.take_back(corner)

    def _ask(self, page: ResidualsPage, path: str) -> None:
        self.errands.ask(
            partial(picture, path, self.desk.captures.image(path), None, False, 0.0),
            page.show_picture,
            lambda failure: page.show_problem(path, str(failure)),
            key="page picture",
            first=True,
        )
