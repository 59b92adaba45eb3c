"""Pages that are made when they are first shown, or one by one ahead of that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


class LazyPages:
    """Mixed into what holds pages. makers: what makes the page of each id, and connects it; made: those there are."""

    makers: Mapping[Any, Callable[[], Any]]
    made: dict[Any, Any]

    def place(self, id: Any, page: Any) -> None:
        """Put a page that was just made where it is shown."""
        raise NotImplementedError

    def page(self, id: Any) -> Any:
        """The page, made on first use."""
        if id not in self.made:
            self.made[id] = self.makers[id]()
            self.place(id, self.made[id])
        return self.made[id]

    def prepare(self) -> bool:
        """Make one more page before it is asked for; False when all are there."""
        lacking = next((id for id in self.makers if id not in self.made), None)
        if lacking is not None:
            self.page(lacking)
        return lacking is not None
