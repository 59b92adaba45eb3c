"""What the user changes of a calibration, each change a step of undo: settings, boards, photographs, single corners."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject

from engines.calibration.types import MonoResult, Remedy
from engines.core.boards import Board
from engines.core.words import tr, tr_count
from widgets.calibration.kinds import board_name
from widgets.calibration.reasons import remedy_words
from widgets.calibration.state import ViewRow
from workbench.controllers.calibration.changes import STEPPED, WORDS, Change, Put
from workbench.controllers.calibration.remedies import remedied
from workbench.controllers.calibration.rows import added_words, film_of, photograph
from workbench.controllers.calibration.session import Material, Session
from workbench.controllers.shell.sources import undo_just_this
from workbench.services import Services


class Edits(QObject):
    """session: the one of now. apply: puts a part into it and shows it."""

    def __init__(
        self, session: Callable[[], Session], apply: Callable[[Put], None], services: Services, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._apply, self._services = session, apply, services

    @property
    def material(self) -> Material:
        return self._session().material

    def put(self, text: str, after: Put, merged: str = "") -> None:
        """Change a part of the session. merged: see `Change`."""
        where = partial(self._services.host.bring, "calibration")
        self._services.undo.push(Change(text, after.before(self._session()), after, self._apply, merged, where))

    def change(self, text: str, after: Material) -> None:
        self.put(text, Put(material=after))

    def add(self, rows: Sequence[ViewRow], text: str = "") -> None:
        """More photographs and films; those that are there stay as they are."""
        after = self.material.with_views(rows)
        fresh = after.views[len(self.material.views) :]
        if fresh:
            self.change(text or tr("Add {added_words}", added_words=added_words(fresh)), after)
        else:
            self._services.notify(tr("These pictures are there already"), "info")

    def switch(self, paths: Sequence[str], on: bool) -> None:
        name = photograph(paths[0]).name if len(paths) == 1 else tr_count(len(paths), "{n} view", "{n:,} views")
        said = tr("Switch {name} on", name=name) if on else tr("Switch {name} off", name=name)
        self.change(said, self.material.switched(paths, on))

    def remove(self, paths: Sequence[str]) -> None:
        """Take photographs and films away; single frames of a film are switched off, for they would be chosen again."""
        material, gone = self.material, set(paths)
        films = {film_of(path) for path in paths} - {""}
        whole = {film for film in films if gone.issuperset(self._session().frames_of(film))}
        frames = [path for path in paths if film_of(path) in films - whole]
        after = material.without(gone | whole).switched(frames, False)
        removed = len(material.views) - len(after.views)
        self.change(
            tr_count(removed, "Remove {n} view", "Remove {n:,} views") if removed else tr("Switch frames off"), after
        )

    def clear(self) -> bool:
        """Forget all views and the result; True where there was something."""
        if self.material == Material():
            return False
        self.change(tr("Discard views"), Material())
        self._services.notify(tr("Views discarded"), "info", tr("Undo"), undo_just_this(self._services.undo))
        return True

    def show_loaded(self, name: str, result: MonoResult) -> None:
        """What a file holds, beside the views."""
        self.change(tr("Open {name}", name=name), self.material.with_loaded(result, name))

    def close_loaded(self, text: str = "") -> None:
        """Show what the views give again, in place of what was opened."""
        if self.material.loaded is not None:
            self.change(
                text or tr("Close {loaded_from}", loaded_from=self.material.loaded_from),
                self.material.with_loaded(None),
            )

    def set_boards(self, boards: Sequence[Board], text: str = "") -> None:
        """Look for these boards; where they are in the views is not known any more. Undo knows it again."""
        session = self._session()
        if tuple(boards) != session.boards:
            first, *more = map(str, boards)
            merged = "" if text or len(boards) != len(session.boards) else "boards"
            put = Put({"board": first, "more_boards": tuple(more)}, session.material.unseen())
            self.put(text or WORDS["board"], put, merged)

    def use_board(self, board: Board) -> None:
        """This one in place of the first."""
        self.set_boards((board, *self._session().boards[1:]), tr("Use {board_name}", board_name=board_name(board)))

    def set(self, **values: object) -> None:
        """Change settings; what only says how views are captured is no step of undo."""
        names = [name for name in values if name in WORDS]
        if not names:
            self._apply(Put(values))
        elif any(getattr(self._session().settings, name) != values[name] for name in names):
            self.put(WORDS[names[0]], Put(values), names[0] if names[0] in STEPPED else "")

    def follow(self, remedy: Remedy) -> None:
        """Do what a reason advises."""
        self.put(remedy_words(remedy), remedied(remedy, self._session()))

    def put_back(self, corner: str) -> None:
        """A single corner, `view#id`, takes part again."""
        drop = tuple(name for name in self.material.drop if name != corner)
        self.change(tr("Put {corner} back", corner=corner), replace(self.material, drop=drop))

    def put_back_dropped(self) -> None:
        """All single corners take part again."""
        self.change(tr("Put corners back"), replace(self.material, drop=()))
