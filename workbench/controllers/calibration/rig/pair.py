"""Behind the page of two cameras: which pair is looked at, in which frame or live, and its rectified sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from engines.calibration.rig.types import RigResult, StereoResult
from engines.core.errors import KinoscopeError
from engines.core.words import tr
from widgets.calibration.rig.pages.pair import PairPage
from widgets.calibration.rig.pages.pair_view import Choices, PairView
from widgets.calibration.rig.pages.state import Page
from widgets.calibration.rig.setup import RigSetup
from widgets.kit.work_page import WorkPage
from workbench.controllers.calibration.rig.cells import pictures_of
from workbench.controllers.calibration.rig.part import PagePart
from workbench.controllers.common.live_threads import Lookers
from workbench.threads.engine_thread import Failure

if TYPE_CHECKING:
    from engines.calibration.rig.pairs.depth import DepthWish, Seen
    from workbench.feeds.rigs import RigInUse

ENGINE, TITLE = "engines.calibration.live.depth:LiveDepth", tr("Live depth")


@dataclass(frozen=True, slots=True)
class Form:
    """What is wanted. pair: two numbers of cameras, equal ones for the pair that shares most; near, far: metres, 0 as
    the rig tells."""

    pair: tuple[int, int] = (0, 0)
    frame: str = ""
    alpha: float = 0.0
    near: float = 0.0
    far: float = 0.0
    live: bool = False


class Pair(PagePart):
    page, kind = Page.PAIR, PairPage

    def __init__(self, desk: Any, errands: Any, parent: Any) -> None:
        super().__init__(desk, errands, parent)
        self.form = Form()
        self._view = PairView()
        self._key: object = None
        self._front, self._other = False, ""
        self._live: tuple[object, RigResult | None] | None = None
        self.lookers = Lookers(desk.services, ENGINE, TITLE, self)
        self.lookers.looked.connect(self._looked)
        self.lookers.stopped.connect(self._stopped)

    @property
    def fields(self) -> Mapping[str, Any]:
        return {"pair": self._view}

    def make(self) -> WorkPage:
        page = super().make()
        assert isinstance(page, PairPage)
        page.wanted.connect(self._want)
        page.swapWanted.connect(lambda: self._want({"pair": self._view.pair and _turned(self._view.pair)}))
        page.sourcesWanted.connect(self.derive)
        page.looked.connect(self._in_front)
        return page

    def follow(self) -> None:
        """Show the pair anew where the rig, or what is wanted of it, is another."""
        used = self._used()
        if self.form.live and used is None:
            self.form = replace(self.form, live=False)
        rig = self._rig(used)
        if rig is None or len(rig.cameras) < 2:
            self._stop()
            self._view, self._key = PairView(can_live=used is not None), None
            return
        self._normalise(rig)
        self._view = self._described(rig, used)
        key = (self.form, self._identity(used))
        if key != self._key:
            self._key = key
            self._begin(rig, used)

    def derive(self) -> None:
        """Offer both rectified pictures as sources."""
        from engines.calibration.rig.pairs.rectification import rectify
        from workbench.feeds.rectified import rectified

        used = self._used()
        if used is None:
            return
        rig, (first, second) = self.desk.services.rigs.rig(used), self.form.pair
        try:
            how = rectify(rig, first, second, self.form.alpha)
        except KinoscopeError as error:
            self.desk.services.notify(str(error), "warn")
            return
        self.desk.services.host.derive(rectified((used.paths[first], used.paths[second]), rig, how))

    def forget(self) -> None:
        super().forget()
        self._stop()
        self.form, self._view, self._key = Form(), PairView(), None

    # Within

    def _used(self) -> RigInUse | None:
        """The rig that the open sources form: the one of most cameras."""
        return next(iter(self.desk.services.rigs.in_use()), None)

    def _rig(self, used: RigInUse | None) -> RigResult | None:
        """That of the sources where it is live or nothing else is there, else what was solved."""
        solved: RigResult | None = self.desk.session.result
        if used is None or not (self.form.live or solved is None):
            return solved
        identity = self._identity(used)
        if self._live is None or self._live[0] != identity:
            try:
                self._live = identity, self.desk.services.rigs.rig(used)
            except KinoscopeError as error:
                self.desk.services.notify(str(error), "warn")
                self._live = identity, None
        return self._live[1]

    def _identity(self, used: RigInUse | None) -> object:
        if self.form.live or self.desk.session.result is None:
            sizes = self.desk.services.calibrations.size
            return None if used is None else (used.paths, used.kept.at, *map(sizes, used.paths))
        return id(self.desk.session.result)

    def _normalise(self, rig: RigResult) -> None:
        """A pair and a frame that are there."""
        from engines.calibration.rig.pairs.stills import best_pair, shared_frames

        pair = self.form.pair
        if max(pair) >= len(rig.cameras) or pair[0] == pair[1]:
            pair = best_pair(rig)
        frames = shared_frames(rig, *pair)
        frame = self.form.frame if self.form.frame in frames else next(iter(frames), "")
        self.form = replace(self.form, pair=pair, frame=frame)

    def _described(self, rig: RigResult, used: RigInUse | None) -> PairView:
        from engines.calibration.rig.pairs.stills import shared_frames

        first, second = self.form.pair
        wish = self._wish(rig)
        told = f"{first}-{second}"
        same = self._view.rig is not None and self._view.pair == told and self._view.live == self.form.live
        return replace(
            self._view if same else PairView(note=tr("Reading the pictures")),
            pairs=_pairs(rig, self.form.pair),
            pair=told,
            frames=tuple((frame, tr("Frame {frame}", frame=frame)) for frame in shared_frames(rig, first, second)),
            frame=self.form.frame,
            alpha=self.form.alpha,
            near=wish.near,
            far=wish.far,
            live=self.form.live,
            can_live=used is not None,
            rig=rig,
            rate=self.lookers.rate(next(iter(self.lookers.paths()), "")),
        )

    def _wish(self, rig: RigResult) -> DepthWish:
        from engines.calibration.rig.pairs.depth import DepthWish
        from engines.calibration.rig.pairs.stills import usual_depths
        from engines.calibration.rig.places import between

        first, second = self.form.pair
        baseline = between(rig.cameras[first], rig.cameras[second]).baseline
        usual = usual_depths(self._with_boards(rig), first, baseline)
        return DepthWish(self.form.near or usual.near, self.form.far or usual.far)

    def _with_boards(self, rig: RigResult) -> RigResult:
        """What was solved for the same cameras, where a rig that is kept for its sources tells of no boards."""
        solved = self.desk.session.result
        same = solved is not None and [one.name for one in solved.cameras] == [one.name for one in rig.cameras]
        return solved if solved is not None and same and not rig.board_poses else rig

    def _begin(self, rig: RigResult, used: RigInUse | None) -> None:
        if self.form.live and used is not None:
            self._look(rig, used)
            return
        self._stop()
        if not self.form.frame:
            note = tr("There are no pictures of both cameras in this rig; switch Live on where its sources are open")
            self._view = replace(self._view, seen=None, figures=None, note=note)
            return
        self.errands.ask(
            partial(_still, rig, self.form, self._wish(rig), self.desk.session.setup),
            partial(self._have, self._key),
            partial(self._failed, self._key),
            key="pair",
            first=True,
        )

    def _have(self, key: object, found: tuple[Seen, StereoResult]) -> None:
        if key == self._key:
            seen, figures = found
            self._view = replace(self._view, seen=seen, figures=figures, note="")
            self.changed.emit()

    def _failed(self, key: object, failure: Failure) -> None:
        if key == self._key:
            self._view = replace(self._view, seen=None, figures=None, note=str(failure))
            self.changed.emit()

    # Live

    def _look(self, rig: RigResult, used: RigInUse) -> None:
        from engines.calibration.live.depth import DepthSettings, lean

        first, second = self.form.pair
        settings = DepthSettings(lean(rig), first, second, self.form.alpha, self._wish(rig))
        path, other = used.paths[first], used.paths[second]
        if self.lookers.paths() != [path] or self._other != other:
            self._stop()
        self._other = other
        self._view = replace(self._view, note=tr("Waiting for pictures"), figures=_figures(rig, self.form))
        if self._front and not self.lookers.paths():
            self.lookers.start(path, settings, (other,))
        else:
            self.lookers.configure(path, settings)

    def _looked(self, path: str) -> None:
        told = self.lookers.latest(path)
        if told is None or not self.form.live:
            return
        self._view = replace(self._view, seen=told.seen, note="", rate=self.lookers.rate(path))
        self.changed.emit()

    def _stopped(self, _path: str, why: str) -> None:
        self.form = replace(self.form, live=False)
        self.desk.services.notify(why, "warn")
        self.changed.emit()

    def _stop(self) -> None:
        self.lookers.stop_all()

    def _in_front(self, on: bool) -> None:
        """Depth is looked for while somebody looks."""
        self._front = on
        if not on:
            self._stop()
        elif self.form.live:
            self._key = None
            self.changed.emit()

    def _want(self, fields: Mapping[str, Any]) -> None:
        told = dict(fields)
        if "pair" in told:
            first, _, second = str(told["pair"]).partition("-")
            told["pair"] = (int(first), int(second))
        self.form = replace(self.form, **told)
        self.changed.emit()


def _still(rig: RigResult, form: Form, wish: DepthWish, setup: RigSetup) -> tuple[Seen, StereoResult]:
    """Raises as reading and rectifying do."""
    from engines.calibration.rig.pairs.depth import DepthFinder
    from engines.calibration.rig.pairs.stereo import paired
    from engines.calibration.rig.pairs.stills import paths_of

    figures = paired(rig, *form.pair, form.alpha)
    finder = DepthFinder(rig, figures.rectification, wish)
    own = pictures_of(replace(rig, mirrored=False), paths_of(rig, form.frame, form.pair), setup)
    return finder.find(*(own[camera] for camera in form.pair)), figures


def _figures(rig: RigResult, form: Form) -> StereoResult | None:
    from engines.calibration.rig.pairs.stereo import paired

    try:
        return paired(rig, *form.pair, form.alpha)
    except KinoscopeError:
        return None


def _turned(pair: str) -> str:
    first, _, second = pair.partition("-")
    return f"{second}-{first}"


def _pairs(rig: RigResult, chosen: tuple[int, int]) -> Choices:
    """All pairs, the cameras in the order chosen for the one that is."""
    names = [camera.name for camera in rig.cameras]
    found = []
    for first in range(len(names)):
        for second in range(first + 1, len(names)):
            a, b = (second, first) if (second, first) == chosen else (first, second)
            found.append((f"{a}-{b}", f"{names[a]} \u2013 {names[b]}"))
    return tuple(found)
