"""The live section: boards looked for in all cameras of a rig at once, sets captured, distances estimated, guidance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtCore import QObject, QTimer

from engines.calibration.live.rig_types import RigCapture, RigEstimate, RigFinderSettings
from engines.cameras.types import SceneSource, Source, TiledSource
from engines.core.boards import Board
from engines.core.words import control, tr
from widgets.calibration.kinds import board_name
from widgets.calibration.rig.live import LiveSection
from widgets.calibration.rig.live_overlays import as_given, camera_overlays
from widgets.calibration.rig.live_state import MOST, SEVERAL, RigLive, rig_title
from widgets.calibration.rig.setup import DEFAULT_BOARD, RigSetup
from widgets.kit.work_state import Trouble
from widgets.sources.choice import SourceChoice
from workbench.controllers.calibration.captures import Captures
from workbench.controllers.calibration.rig.keeping import KIND
from workbench.controllers.calibration.rig.live_sets import Grid, Sets, grey, grid_of, names_of
from workbench.controllers.calibration.rig.part import Desk, SectionPart
from workbench.controllers.common.live_threads import Lookers, choices
from workbench.controllers.common.trouble_words import trouble_of
from workbench.controllers.shell.viewer import ViewerController
from workbench.threads.background import Errands
from workbench.threads.live import Host, Seen

FINDER, TITLE = "rig", tr("Board detection in the rig")
ENGINE = "engines.calibration.live.rig_finder:RigFinder"
CAMERAS = "cameras"
"""Id of the project's item of what is chosen here."""
LIVE_MS = 120
"""The panel follows the finder at most this often."""


class Live(SectionPart):
    """What is captured is a step of undo each; what was estimated is made anew from the sets.

    The finder works in a process of its own: four cameras in the window's would make its painting wait.
    """

    host: ClassVar[Host] = "worker"

    def __init__(self, desk: Desk, viewer: ViewerController, errands: Errands, parent: QObject) -> None:
        super().__init__(desk, viewer, errands, parent)
        self.lookers = Lookers(desk.services, ENGINE, TITLE, self, self.host, grey)
        self.captures = Captures(errands, self)
        self.sets = Sets(errands, self.captures, self)
        self._rig, self._chosen = "", tuple[str, ...]()
        self._looked_at: tuple[str, ...] = ()
        self._auto, self._wanted, self._tried = True, False, False
        self._refused: RigSetup | None = None
        """What was set when it was said last that these are other cameras."""
        self._seen: Seen | None = None
        self._taken: Seen | None = None
        self._soon = QTimer(self, singleShot=True, interval=LIVE_MS)
        self._soon.timeout.connect(self.changed)
        self._listen()

    # What is shown

    @property
    def state(self) -> RigLive:
        setup, key = self.desk.session.setup, self.key
        return RigLive(
            rigs=self._rigs(),
            sources=choices(self.desk.services.feeds),
            rig=self._rig,
            chosen=self._chosen,
            names=self._names(),
            running=self.running,
            auto=self._auto,
            sighting=self._seen.result if self._seen is not None else None,
            rate=self.lookers.rate(key),
            problem=next(filter(None, map(self.lookers.problem, self._looked_at)), ""),
            sets=len(self._captured()),
            flipped=setup.mirror == "yes",
            board=board_name(setup.boards[0]),
        )

    @property
    def known(self) -> RigEstimate | None:
        """The rig as far as the captured sets tell it."""
        return None if self._seen is None else self._seen.result.known

    @property
    def running(self) -> bool:
        return bool(self._looked_at)

    @property
    def rig(self) -> str:
        """The tiled source that is chosen, `SEVERAL` for sources one by one."""
        return self._rig

    @property
    def chosen(self) -> tuple[str, ...]:
        """Feeds or tiles that are the rig's cameras, in their order."""
        return self._chosen

    @property
    def title(self) -> str:
        """What pictures of the chosen cameras are called by."""
        return self._title()

    @property
    def tiles(self) -> dict[str, object]:
        """The fields of the setup that say how a picture of the chosen cameras is cut."""
        grid = self._grid()
        told: dict[str, object] = {"tiled": True, "rows": grid[0], "columns": grid[1], "margin": 0}
        return told | {"names": names_of(self._names(), grid)}

    @property
    def source(self) -> Source | None:
        """The tiled source that is chosen, None where sources are chosen one by one."""
        feeds = self.desk.services.feeds
        return feeds.feed(self._rig).source if self._rig in feeds.ids() else None

    @property
    def board(self) -> str:
        """The board that a rendered source shows, in its one-word form, "" where it is not known."""
        inner = self.source.of if isinstance(self.source, TiledSource) else self.source
        return str(inner.board) if isinstance(inner, SceneSource) else ""

    # What the user wants

    def wire(self, section: LiveSection) -> None:
        section.rigChosen.connect(self.choose_rig)
        section.sources.chosen.connect(self.choose_sources)
        section.finder.clicked.connect(self.look)
        section.auto.clicked.connect(self.set_auto)
        section.capture.clicked.connect(self.capture)
        section.boardWanted.connect(self.use_board)
        section.flipWanted.connect(lambda: self.desk.set(mirror="yes"))

    def choose_rig(self, id: str) -> None:
        """The tiles of a tiled source, or sources one by one."""
        self._rig = id
        if id != SEVERAL:
            self._chosen = self._tiles(id)
        self._keep()
        self._restart()

    def choose_sources(self, paths: tuple[str, ...]) -> None:
        self._rig, self._chosen = SEVERAL, tuple(paths)
        self._keep()
        self._restart()

    def look(self, on: bool) -> None:
        """Look for the board in all chosen cameras, or no longer."""
        self._stop()
        self._wanted = on and self.state.can_run
        self._keep()
        if self._wanted:
            self._take_board()
            if not self.desk.session.setup.paths:
                self.desk.edits.set(tr("Cameras of {title}", title=self._title()), **self.tiles)
            self._begin()
        self.changed.emit()

    def _begin(self) -> None:
        first, *others = self._chosen
        self._looked_at, self._tried = self._chosen, True
        if self.lookers.start(first, self._settings(), others):
            for path in self._looked_at:
                self.viewer.set_engine(FINDER, path, True)
        else:
            self._looked_at = ()

    def _look_again(self) -> None:
        """As before, once all that is chosen is there."""
        if self._wanted and not self.running and not self._tried and self.state.can_run:
            self._begin()
            self.changed.emit()

    def set_auto(self, on: bool) -> None:
        self._auto = on
        self._keep()
        self._configure()
        self.changed.emit()

    def capture(self) -> None:
        """Keep the newest moment."""
        if not self.running:
            self.desk.services.notify(tr("Turn on board detection to capture sets"), "info")
        elif self._seen is None or not any(one.found for one in self._seen.result.cameras):
            self.desk.services.notify(tr("No board in view, so nothing was captured"), "info")
        else:
            self._capture(self._seen, by_hand=True)

    def use_board(self, board: Board) -> None:
        """Look for this board instead of the first one."""
        self.desk.set(board=str(board))

    # What has happened

    def follow_sources(self) -> None:
        there = [one.path for one in choices(self.desk.services.feeds)]
        rigs = [one.path for one in self._rigs()]
        self._as_kept(there, rigs)
        if self._rig not in (SEVERAL, *rigs) or not self._chosen:
            self._rig = rigs[0] if rigs else SEVERAL
            self._chosen = self._tiles(rigs[0]) if rigs else tuple(there[:MOST])
        self._chosen = tuple(path for path in self._chosen if path in there)
        self._tried = self._tried and bool(self._chosen)
        if self._wanted and not self._tried:
            QTimer.singleShot(0, self, self._look_again)
        self.changed.emit()

    def _as_kept(self, there: Sequence[str], rigs: Sequence[str]) -> None:
        """What was chosen in this project, as far as it is there."""
        kept = self.desk.services.project.get(KIND, CAMERAS)
        if isinstance(kept, dict) and isinstance(kept.get("chosen"), list):
            chosen = tuple(path for path in kept["chosen"] if path in there)
            if chosen and kept.get("rig") in (SEVERAL, *rigs):
                self._rig, self._chosen = kept["rig"], chosen
            self._auto, self._wanted = kept.get("auto") is not False, kept.get("on") is True

    def _keep(self) -> None:
        kept = {"rig": self._rig, "chosen": list(self._chosen), "auto": self._auto, "on": self._wanted}
        self.desk.services.project.put(KIND, CAMERAS, kept)

    def follow(self) -> None:
        self._configure()

    def forget(self) -> None:
        super().forget()
        self._stop()
        self._wanted, self._tried = False, False
        self.captures.new_run(self.desk.session.setup.paths)

    def close(self) -> None:
        self._soon.stop()
        self.lookers.stop_all()

    # Within

    def _listen(self) -> None:
        self.lookers.looked.connect(self._see)
        self.lookers.stopped.connect(self._stopped)
        self.sets.changed.connect(self._configure)
        self.sets.failed.connect(self._not_saved)
        self.captures.stuck.connect(
            lambda failure: self.failed.emit(trouble_of(failure.as_json(), title=tr("Set not saved")))
        )

    @property
    def key(self) -> str:
        return self._looked_at[0] if self._looked_at else ""

    def _rigs(self) -> tuple[SourceChoice, ...]:
        """Tiled sources of two tiles to eight."""
        feeds = self.desk.services.feeds
        there = choices(feeds)
        ids = dict.fromkeys(one.path.partition("/")[0] for one in there if "/" in one.path)
        titles = {id: next(one.title for one in there if one.path.startswith(f"{id}/")) for id in ids}
        rigs = ((id, titles[id].rpartition(" \u00b7 ")[0], len(self._tiles(id))) for id in ids)
        return tuple(SourceChoice(id, rig_title(title, tiles)) for id, title, tiles in rigs if 2 <= tiles <= MOST)

    def _tiles(self, id: str) -> tuple[str, ...]:
        """Of a tiled source; its straightened pictures are no cameras."""
        feeds = self.desk.services.feeds
        there = (one.path for one in choices(feeds) if one.path.startswith(f"{id}/"))
        return tuple(path for path in there if feeds.child(path) is None)

    def _names(self) -> tuple[str, ...]:
        """What the cameras are called: their tiles' names, the sources' titles where they are of several."""
        titles = {one.path: one.title for one in choices(self.desk.services.feeds)}
        if len({path.partition("/")[0] for path in self._chosen}) == 1:
            feeds = self.desk.services.feeds
            return tuple(feeds.view_title(path) if "/" in path else titles.get(path, path) for path in self._chosen)
        return tuple(titles.get(path, path) for path in self._chosen)

    def _captured(self) -> tuple[RigCapture, ...]:
        return self.sets.of(self.desk.session.setup, len(self._chosen))

    def _settings(self) -> RigFinderSettings:
        setup = self.desk.session.setup
        board, *more = setup.boards
        return RigFinderSettings(
            self._names(),
            board,
            more_boards=tuple(more),
            capture="auto" if self._auto else "off",
            captured=self._captured(),
            model=setup.model,
            mirrored=tuple(range(len(self._chosen))) if setup.mirror == "yes" else (),
            window=setup.window,
        )

    def _take_board(self) -> None:
        """The board that a source is known to show, as long as nobody has chosen one."""
        setup, known = self.desk.session.setup, self.board
        if known and not setup.paths and setup.board == DEFAULT_BOARD:
            self.desk.edits.set(tr("Board of {title}", title=self._title()), board=known)

    def _configure(self) -> None:
        if self.running:
            self.lookers.configure(self.key, self._settings())

    def _restart(self) -> None:
        if self.running:
            self.look(True)
        self.changed.emit()

    def _stop(self, *, meant: bool = True) -> None:
        for path in self._looked_at:
            self.viewer.set_engine(FINDER, path, False, meant=meant)
        if self._looked_at:
            self.lookers.stop(self.key)
        self._looked_at, self._seen, self._taken = (), None, None

    def _stopped(self, _path: str, why: str) -> None:
        self._stop(meant=False)
        self.desk.services.notify(why, "warn")
        self.changed.emit()

    def _see(self, path: str) -> None:
        seen, wanted = self.lookers.seen(path), self.lookers.wanted(path)
        if path != self.key or seen is None or seen is self._seen:
            return
        self._seen = seen
        self._draw(seen)
        if wanted is not None and wanted is not self._taken:
            self._taken = wanted
            if self._auto:
                self._capture(wanted)
        if not self._soon.isActive():
            self._soon.start()

    def _draw(self, seen: Seen) -> None:
        setup, names = self.desk.session.setup, self._names()
        shown = as_given(seen.result) if setup.mirror == "yes" else seen.result
        for camera, sighting in enumerate(shown.cameras):
            self.viewer.show_overlays(FINDER, sighting.stamp, camera_overlays(shown, camera, names))

    def _capture(self, seen: Seen, by_hand: bool = False) -> None:
        """What is set may have been set by hand, or before a restart: it gives way to nothing but a hand."""
        setup, tiles = self.desk.session.setup, self.tiles
        same = all(getattr(setup, name) == value for name, value in tiles.items())
        if not same and (setup.paths or not by_hand):
            self._refuse(setup, by_hand)
            return
        told = {} if same else tiles
        self.sets.save(seen, self._title(), self._grid(), setup, lambda picture: self._have_set(picture, told))

    def _refuse(self, setup: RigSetup, by_hand: bool) -> None:
        """Said once of what is set, where nobody asks."""
        if setup is self._refused and not by_hand:
            return
        self._refused = setup
        if setup.paths:
            what = tr("The rig's pictures are of other cameras or other tiles than these")
            hint = tr("Discard those pictures to capture these cameras")
        else:
            what = tr("Other cameras or other tiles are set than these")
            hint = tr("Press {capture} to set the rig up as these cameras are", capture=control(tr("Capture"), ""))
        self.failed.emit(Trouble(what, tr("Set not captured"), hint))

    def _have_set(self, picture: str, tiles: dict[str, object]) -> None:
        paths = self.desk.session.setup.paths
        self.desk.edits.set(tr("Capture set {count}", count=len(paths) + 1), paths=(*paths, picture), **tiles)

    def _not_saved(self, error: dict[str, object]) -> None:
        """Said once: the automatic capture would ask for the next one at once."""
        self.failed.emit(trouble_of(error, title=tr("Set not captured")))
        self.set_auto(False)

    def _grid(self) -> Grid:
        """As the tiled source has it, where all of it is the rig."""
        feeds = self.desk.services.feeds
        if self._rig != SEVERAL:
            source = feeds.feed(self._rig).source
            if source.kind == "tiled":
                return source.rows, source.columns
        return grid_of(len(self._chosen))

    def _title(self) -> str:
        rig = next((one.title for one in self._rigs() if one.path == self._rig), "")
        return rig.rpartition(" \u00b7 ")[0] or "rig"
