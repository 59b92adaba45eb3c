"""What the user changes of a rig, each change a step of undo: settings, pictures, frames and cameras switched off."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject

from engines.calibration.rig.types import RigResult
from engines.core.words import tr
from widgets.calibration.rig.setup import LEFT_OUT, RigSetup
from workbench.controllers.calibration.changes import Change
from workbench.controllers.calibration.rig.session import Material
from workbench.controllers.shell.sources import undo_just_this
from workbench.services import Services

WORDS = {
    "paths": tr("Change the pictures"),
    "tiled": tr("Change how cameras share pictures"),
    "rows": tr("Change the tiles"),
    "columns": tr("Change the tiles"),
    "names": tr("Rename cameras"),
    "margin": tr("Change the margin"),
    "match": tr("Change how pictures are matched"),
    "offsets": tr("Change the offsets"),
    "board": tr("Change the board"),
    "more_boards": tr("Change the boards"),
    "intrinsics": tr("Change what is known"),
    "hold": tr("Change what is held"),
    "model": tr("Change the lens model"),
    "fix": tr("Change what is held"),
    "shared_lens": tr("Change whether cameras share a lens"),
    "free_board": tr("Solve for the board's shape"),
    "loss": tr("Change how wrong corners are borne"),
    "reference": tr("Change the reference"),
    "window": tr("Change the corner window"),
    "every": tr("Change which frames are looked at"),
    "mirror": tr("Change how mirrored pictures are read"),
    "exclude": tr("Switch frames or cameras"),
}
"""What a change of one setting is called in the Edit menu."""
STEPPED = frozenset(("rows", "columns", "margin", "window", "every"))
"""Settings that a field goes through step by step: the steps that follow one another are one change."""


class Edits(QObject):
    """material: the one of now. apply: puts another in its place and shows it."""

    def __init__(
        self, material: Callable[[], Material], apply: Callable[[Material], None], services: Services, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._material, self._apply, self._services = material, apply, services

    def put(self, text: str, after: Material, merged: str = "") -> None:
        """merged: see `Change`."""
        before = self._material()
        if after != before:
            where = partial(self._services.host.bring, "rig")
            self._services.undo.push(Change(text, before, after, self._apply, merged, where))

    def set(self, text: str = "", /, **values: object) -> None:
        """Change settings. text: what the change is called where its fields do not say it."""
        material = self._material()
        setup = replace(material.setup, **values).settled(material.setup)  # type: ignore[arg-type]
        changed = [name for name in values if getattr(setup, name) != getattr(material.setup, name)]
        if changed:
            merged = f"rig {changed[0]}" if changed[0] in STEPPED else ""
            self.put(text or WORDS[changed[0]], replace(material, setup=setup), merged)

    def switch(self, names: Sequence[str], on: bool) -> None:
        """Frames, or `frame/camera`, take part or not."""
        gone = set(self._material().setup.exclude)
        after = gone - set(names) if on else gone | set(names)
        what = names[0] if len(names) == 1 else tr("{count} cells", count=len(names))
        said = tr("Switch {what} on", what=what) if on else tr("Switch {what} off", what=what)
        self.set(said, exclude=tuple(sorted(after)))

    def leave_out(self, camera: str) -> None:
        """A camera by its name is one of the rig no more."""
        setup = self._material().setup
        names = tuple(LEFT_OUT if name == camera else told for told, name in setup.told)
        self.set(tr("Leave {camera} out", camera=camera), names=names)

    def take(self, text: str, paths: Sequence[str], told: Mapping[str, object]) -> None:
        """More pictures that hold all cameras, cut as is told; others that are cut in another way give way to them."""
        setup = self._material().setup
        same = all(getattr(setup, name) == told[name] for name in ("tiled", "rows", "columns", "margin", "names"))
        have = setup.paths if same else ()
        exclude = setup.exclude if same else ()
        self.set(text, paths=(*have, *paths), exclude=exclude, **told)

    def clear(self, told: Mapping[str, object]) -> bool:
        """Forget pictures and result, what else is set stays; True where there was something. told: how the pictures
        that come next are cut."""
        material = self._material()
        setup = replace(material.setup, paths=(), names=(), offsets=(), exclude=())
        setup = replace(setup, **told)  # type: ignore[arg-type]
        if material == Material(setup):
            return False
        self.put(tr("Discard the rig's pictures"), Material(setup))
        self._services.notify(
            tr("Pictures of the rig discarded"), "info", tr("Undo"), undo_just_this(self._services.undo)
        )
        return True

    def show_loaded(self, name: str, result: RigResult) -> None:
        """What a file holds, beside the pictures."""
        self.put(tr("Open {name}", name=name), replace(self._material(), loaded=result, loaded_from=name))

    def close_loaded(self, text: str = "") -> None:
        """Show what the pictures give again."""
        material = self._material()
        if material.loaded is not None:
            self.put(
                text or tr("Close {loaded_from}", loaded_from=material.loaded_from),
                replace(material, loaded=None, loaded_from=""),
            )

    def setup(self) -> RigSetup:
        return self._material().setup
