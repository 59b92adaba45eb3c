"""The page on which the tiled algorithm is watched: of made-up numbers, or of a head of a network that was seen."""

from __future__ import annotations

from collections.abc import Callable

from engines.attention.types import WatchSpec
from engines.attention.watching.back_tiling import BackTrace, back_trace
from engines.attention.watching.tiling import Array, Trace, made_up, trace
from engines.core.errors import KinoscopeError
from engines.core.words import tr
from widgets.attention.state import WatchView
from widgets.attention.watch.page import WatchPage
from widgets.kit.work_state import Trouble
from workbench.controllers.common.trouble_words import trouble_of

MADE_UP = tr("Made-up queries and keys")


class Watching:
    """Takes milliseconds, so it is computed when it is looked at."""

    def __init__(self, spec: Callable[[], WatchSpec], say: Callable[[Trouble], object]) -> None:
        """spec: what the form asks for. say: told what cannot be watched."""
        self._spec, self._say = spec, say
        self._head: tuple[str, Array, Array, Array] | None = None
        self._key: tuple[object, ...] = ()
        self._trace: Trace | BackTrace | None = None

    @property
    def view(self) -> WatchView:
        title = MADE_UP if self._head is None else self._head[0]
        return WatchView(self._spec(), self._traced(), title, self._head is not None)

    def page(self, back: Callable[[], object]) -> WatchPage:
        """back: to made-up numbers."""
        page = WatchPage()
        page.made_up.clicked.connect(back)
        return page

    def watch(self, title: str, q: Array, k: Array, v: Array) -> None:
        """A head of a network, in place of made-up numbers."""
        self._head = title, q, k, v

    def watch_made_up(self) -> None:
        self._head = None

    def _traced(self) -> Trace | BackTrace | None:
        key = self._spec(), id(self._head)
        if key != self._key:
            self._key, self._trace = key, self._anew(self._spec())
        return self._trace

    def _anew(self, spec: WatchSpec) -> Trace | BackTrace | None:
        q, k, v = made_up(spec.length, spec.dim, spec.seed) if self._head is None else self._head[1:]
        try:
            forward = trace(q, k, v, spec.query_tile, spec.key_tile, spec.causal, spec.window or None)
            return back_trace(forward, made_up(v.shape[0], v.shape[1], spec.seed + 1)[2]) if spec.backward else forward
        except KinoscopeError as error:
            self._say(trouble_of(error.as_json(), tr("This cannot be watched")))
            return None
