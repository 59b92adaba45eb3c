"""Joins calibrations to what is shown: the Undistort tool of a tile, its settings, and calibrations from files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from math import isfinite

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from engines.core.errors import KinoscopeError
from engines.core.frames import Size
from engines.core.lenses import Lens, pinhole
from engines.core.optics import field_of_view
from engines.core.undistortion import Undistortion, straight_camera
from engines.core.words import as_sentence, tr
from widgets.kit.save_file import ask_open
from widgets.sources.straight_form import StraightForm
from workbench.commands import Actions
from workbench.controllers.shell.sources import SourcesController
from workbench.controllers.shell.step import FormStep, KeepOnShelf
from workbench.controllers.shell.viewer import ViewerController
from workbench.feeds.calibrations import kept_words, with_lens
from workbench.services import Services

CALIBRATIONS = tr("Calibrations (*.yaml *.yml *.xml *.json)")
ABSENT = tr("Not calibrated. Calibrate this camera and choose Use for this camera, or use a calibration file")
MISFIT = tr("Calibrated at a resolution of another shape. Calibrate at this one, or use a calibration file")
OFF, ON = tr("Undistort: show straight lines straight"), tr("Show the picture as it comes")
COMMANDS = ("source.undistort", "source.undistort-settings", "source.lens-file")


class UndistortController(QObject):
    """What a tile's Undistort tool and the commands do."""

    def __init__(
        self,
        window: QWidget,
        sources: SourcesController,
        viewer: ViewerController,
        services: Services,
        actions: Actions,
    ) -> None:
        super().__init__(window)
        self._window, self._sources, self._viewer, self._services = window, sources, viewer, services
        self._actions = actions
        self._known = services.calibrations
        self.form: StraightForm | None = None
        self._path = ""
        viewer.grid.undistortToggled.connect(self.toggle)
        viewer.changed.connect(self.refresh)
        services.feeds.changed.connect(lambda _id: self.refresh())
        self._known.changed.connect(self._renew)
        self._known.unreadable.connect(lambda words: services.notify(words, "warn"))
        viewer.selectedChanged.connect(lambda _path: self.refresh())
        for id, act in zip(COMMANDS, (self.toggle_path, self.ask_settings, self.ask_file), strict=True):
            actions.bind(id, lambda act=act: act(viewer.selected_path()))
        self.refresh()

    def toggle(self, tile: int) -> None:
        """Show in a tile the straightened picture in place of the one as it comes, and back."""
        if path := self._viewer.shown().get(tile, ""):
            self.toggle_path(path, tile)

    def toggle_path(self, path: str, tile: int | None = None) -> None:
        """The same for the tile that shows `path`; without a calibration it is said what to do."""
        if not path:
            return
        tile = next(at for at, shown in self._viewer.shown().items() if shown == path) if tile is None else tile
        if self._services.feeds.child(path) is not None:
            self._change(tile, path, self._known.parent(path))
        elif self.offer(path):
            self._change(tile, path, self._known.straight(path))
        else:
            self._say_why_not(path, partial(self.toggle_path, path, tile))
        self.refresh()

    def show(self, path: str) -> None:
        """Show the straightened picture where the one as it comes is shown, else in a tile of its own."""
        if not self.offer(path):
            return
        tiles = [tile for tile, shown in self._viewer.shown().items() if shown == self._known.parent(path)]
        for tile in tiles:
            self._change(tile, self._known.parent(path), self._known.straight(path))
        if not tiles:
            self._viewer.show(self._known.straight(path))
        self.refresh()

    def show_as_it_comes(self, path: str) -> None:
        """Show the picture as it comes where a straightened one is shown."""
        for tile in [tile for tile, shown in self._viewer.shown().items() if shown == path]:
            self._change(tile, path, self._known.parent(path))
        self.refresh()

    def offer(self, path: str) -> bool:
        """Make the straightened picture of a feed or tile a source; False where its camera is not calibrated."""
        straight, child = self._known.straight(path), self._known.child(path)
        if child is None:
            return False
        if self._services.feeds.child(straight) is None:
            self._sources.straighten(straight, child)
        return True

    def ask_file(self, path: str) -> bool:
        """Take a calibration from a file for the camera at `path`; whether that was done."""
        name = ask_open(self._window, tr("Use calibration file"), "lens", CALIBRATIONS) if path else ""
        return bool(name) and self.use_file(path, name)

    def use_file(self, path: str, file: str) -> bool:
        """Keep the calibration in a file for the camera at `path`; what is wrong with it is said."""
        try:
            kept = self._known.assign_file(self._known.parent(path), file)
        except KinoscopeError as error:
            self._services.notify(tr("The calibration is not used: {error}", error=error), "bad")
            return False
        services = self._services
        said = tr("Use calibration for {source}", source=self._sources.title(self._known.parent(path)))
        show = partial(services.host.show_dock, "sources")
        services.undo.push(KeepOnShelf(said, show, services.notify, self._known.forgetter(path, kept)))
        return True

    def ask_settings(self, path: str) -> None:
        """Open the window that says how the picture at `path` is straightened."""
        if not path:
            return
        if not self.offer(path):
            self._say_why_not(path, partial(self.ask_settings, path))
            return
        if self.form is None:
            self.form = StraightForm(self._window)
            self.form.changed.connect(self._set)
            self.form.lensChosen.connect(self._use)
            self.form.fileWanted.connect(lambda: self.ask_file(self._path))
        self._path = self._known.straight(path)
        if self._path not in self._viewer.shown().values():
            self.show(path)
        self._show_form()
        self.form.show()
        self.form.raise_()

    def _say_why_not(self, path: str, go_on: Callable[[], object]) -> None:
        """A notice that leads to a file, and goes on once that is used."""
        words = tr("{source}: {why}", source=self._sources.title(path), why=self._why_not(path))

        def ask() -> None:
            if self.ask_file(path):
                go_on()

        self._services.notify(words, "info", tr("Use calibration file…"), ask, self._about(path))

    def _why_not(self, path: str) -> str:
        return MISFIT if self._known.words(path) else ABSENT

    def _about(self, path: str) -> str:
        return f"lens/{self._known.parent(path)}"

    def refresh(self) -> None:
        """Say in every tile whether it can be undistorted, and whether it is."""
        for tile, path in self._viewer.shown().items():
            on = self._services.feeds.child(path) is not None
            if on:
                self._viewer.grid.tile(tile).set_undistort(True, True, ON)
            else:
                words = self._known.words(path)
                can = self._known.best(path) is not None
                tip = f"{OFF}\n{as_sentence(words)}" if can else self._why_not(path)
                if can:
                    self._services.host.settle(self._about(path))
                self._viewer.grid.tile(tile).set_undistort(False, can, tip)
        selected = self._viewer.selected_path()
        for id in COMMANDS:
            self._actions.enable(id, bool(selected))

    def _change(self, tile: int, old: str, new: str) -> None:
        """Show another picture in a tile, with the engines that look there; they see it before anybody does."""
        engines = self._viewer.engines_on(old)
        for engine in engines:
            self._viewer.engineToggled.emit(engine, new, True)
        self._viewer.show(new, tile)
        if old not in self._viewer.shown().values():
            for engine in engines:
                self._viewer.engineToggled.emit(engine, old, False)

    def _renew(self) -> None:
        """A camera got another calibration: what is straightened follows."""
        for path in [path for id in self._services.feeds.ids() for path in self._services.feeds.children(id)]:
            child = self._known.renewed(path)
            if child is not None and child != self._services.feeds.child(path):
                self._sources.straighten(path, child)
        self._sources.refresh()
        self.refresh()
        if self.form is not None and self.form.isVisible():
            self._show_form()

    def _set(self, how: Undistortion) -> None:
        child, path = self._services.feeds.child(self._path), self._path
        if child is not None and child.undistortion != how:
            text = tr("Change how {picture} is undistorted", picture=self._sources.title(path))
            put, where = partial(self._put, path), partial(self._services.host.show_centre, "viewer")
            self._services.undo.push(
                FormStep(text, child.undistortion, how, put, where, tr("undistort {path}", path=path))
            )

    def _put(self, path: str, how: Undistortion) -> None:
        """Nothing where the picture is no longer made."""
        child = self._services.feeds.child(path)
        if child is None:
            return
        try:
            self._sources.straighten(path, replace(child, undistortion=how))
        except KinoscopeError as error:
            self._services.notify(str(error), "warn")
        self._show_form()

    def _use(self, lens: str) -> None:
        """Another calibration of the same camera."""
        child = self._services.feeds.child(self._path)
        kept = next((one for one in self._known.of(self._path) if str(one.path) == lens), None)
        if child is not None and kept is not None:
            self._set(with_lens(child.undistortion, kept.result))

    def _show_form(self) -> None:
        child = self._services.feeds.child(self._path)
        if self.form is None or child is None:
            return
        how = child.undistortion
        kept = self._known.of(self._path)
        now = next((str(one.path) for one in kept if one.result.lens == how.lens), "")
        lenses = [("", tr("Another one"))] * (not now) + [(str(one.path), kept_words(one)) for one in kept]
        title = self._sources.title(self._known.parent(self._path))
        self.form.show_settings(title, how, lenses, now, self._result_words(how))

    def _result_words(self, how: Undistortion) -> str:
        try:
            straight, size = straight_camera(how, self._known.size(self._path) or how.size)
        except KinoscopeError as error:
            return str(error)
        return tr(
            "{width} × {height} px, sees {angles}",
            width=size.width,
            height=size.height,
            angles=angles(pinhole(straight), size),
        )


def angles(lens: Lens, size: Size) -> str:
    """How much a lens sees across and down, in words."""
    seen = field_of_view(lens, size)
    return " × ".join(f"{angle:.0f}°" if isfinite(angle) else "?" for angle in (seen.horizontal, seen.vertical))
