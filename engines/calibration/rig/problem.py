"""What is solved of a rig: the views that are used, their board poses as groups, and what of the lenses is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from engines.calibration.numbering import observed
from engines.calibration.rig.graph import Shared, shared_views
from engines.calibration.rig.names import floor_frame
from engines.calibration.rig.pictures.finding import Found, RigShot
from engines.calibration.rig.repeats import repeated
from engines.calibration.rig.types import RigCamera, RigSpec
from engines.calibration.solve.adjustment import Observation, free_coordinates
from engines.calibration.solve.equations import Bools
from engines.calibration.solve.setup import Setup
from engines.calibration.solve.sights import Seen, Sights, laid_out
from engines.calibration.targets.target import Target
from engines.core.errors import BadInput, UsageError
from engines.core.frames import Size
from engines.core.words import control, tr, tr_count


@dataclass(frozen=True)
class Problem:
    """used: numbers among `found.shots`, in order. groups: frame and board of each solved board pose.

    seen: what was seen, one for each of `used`; known: cameras whose lens is told, None where it is not. repeats:
    frames that are not used because they repeat another one, and which.
    """

    spec: RigSpec
    found: Found
    used: tuple[int, ...]
    groups: tuple[tuple[str, int], ...]
    seen: tuple[Seen, ...]
    known: tuple[RigCamera | None, ...]
    repeats: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, spec: RigSpec, found: Found, known: Sequence[RigCamera | None]) -> Problem:
        """Raises `BadInput` for a camera that sees no board, `UsageError` for names to leave out that there are not,
        and for cameras that cannot share a lens."""
        _check_excluded(spec, found)
        target = Target(spec.boards)
        used = tuple(number for number, one in enumerate(found.shots) if _is_used(spec, found, one))
        places: dict[tuple[str, int], int] = {}
        seen = []
        for number in used:
            one = found.shots[number]
            group = places.setdefault((one.frame, one.shot.board), len(places))
            seen.append(_seen(one, group, target))
        problem = cls(spec, found, used, tuple(places), tuple(seen), tuple(known))
        problem._check_cameras()
        problem._check_lenses()
        return problem._counted_once()

    def _counted_once(self) -> Problem:
        """Without the frames that repeat another one."""
        views: dict[str, list[Seen]] = {}
        for view in self.seen:
            views.setdefault(self.groups[view.group][0], []).append(view)
        repeats = repeated(views, len(self.target.corners), self.found.sizes)
        return replace(self.without(set(repeats)), repeats=repeats) if repeats else self

    def without(self, frames: set[str]) -> Problem:
        """The same without some frames; board poses are numbered anew."""
        kept = [place for place, number in enumerate(self.used) if self.found.shots[number].frame not in frames]
        groups = [group for group in self.groups if group[0] not in frames]
        numbers = {group: number for number, group in enumerate(groups)}
        seen = []
        for place in kept:
            view = self.seen[place]
            group = numbers[self.groups[view.group]]
            seen.append(Seen(view.camera, group, view.board, view.ids, view.corners, view.weights))
        used = tuple(self.used[place] for place in kept)
        return replace(self, used=used, groups=tuple(groups), seen=tuple(seen))

    @cached_property
    def target(self) -> Target:
        return Target(self.spec.boards)

    @property
    def names(self) -> tuple[str, ...]:
        return self.found.names

    @property
    def cameras(self) -> int:
        return len(self.names)

    @cached_property
    def frames(self) -> tuple[str, ...]:
        """Those in which a used view is."""
        return tuple(dict.fromkeys(frame for frame, _ in self.groups))

    @cached_property
    def sights(self) -> tuple[Sights, ...]:
        return laid_out(self.seen, [self.target.part(number) for number in range(len(self.target.boards))])

    @cached_property
    def shared(self) -> dict[tuple[int, int], Shared]:
        return shared_views(self.seen, self.cameras)

    @cached_property
    def free(self) -> Bools | None:
        """Coordinates of the boards that are solved for."""
        if not self.spec.free_board:
            return None
        views = [Observation(view.ids, view.corners) for view in self.seen]
        return free_coordinates(self.target, views)

    @property
    def reference(self) -> int:
        """The camera that the coordinates are those of while solving."""
        wanted = self.spec.reference
        if not wanted or floor_frame(wanted) is not None:
            return 0
        if wanted not in self.names:
            raise UsageError(
                tr("There is no camera '{wanted}'", wanted=wanted),
                hint=tr("Cameras are: {names}", names=", ".join(self.names)),
            )
        return self.names.index(wanted)

    def setup(self, camera: int) -> Setup:
        known = self.known[camera]
        model = self.spec.model if known is None else known.model
        fix = self.spec.fix if known is None else ()
        return Setup(self.target, self.size(camera), model, False, fix)

    def size(self, camera: int) -> Size:
        return self.found.sizes[camera]

    def observed(self, place: int) -> Observation:
        """What was found in one of the used views, as it was found."""
        return observed(self.found.shots[self.used[place]].shot, self.target)

    def of_camera(self, camera: int) -> list[Seen]:
        return [view for view in self.seen if view.camera == camera]

    def observations(self, camera: int) -> list[Observation]:
        return [Observation(view.ids, view.corners) for view in self.of_camera(camera)]

    def _check_cameras(self) -> None:
        blind = [name for number, name in enumerate(self.names) if not any(v.camera == number for v in self.seen)]
        if blind:
            words = tr_count(
                len(blind),
                "{cameras} sees no board in any of {frames} frames",
                "{cameras} see no board in any of {frames} frames",
                cameras=", ".join(blind),
                frames=len(self.found.frames),
            )
            hint = tr("Check the board's description, leave the camera out, or take frames in which it sees the board")
            raise BadInput(words, hint=hint)
        if len(self.names) < 2:
            raise UsageError(
                tr("A rig has two cameras or more"),
                hint=tr("Use {control} for one camera", control=control(tr("Calibration"), "`calibrate mono`")),
            )

    def _check_lenses(self) -> None:
        if not self.spec.shared_lens:
            return
        if len(set(self.found.sizes)) > 1:
            sizes = ", ".join(f"{name} {size}" for name, size in zip(self.names, self.found.sizes, strict=True))
            hint = tr("Solve a lens for each camera")
            raise UsageError(
                tr("Cameras whose pictures differ in size cannot share a lens: {sizes}", sizes=sizes), hint=hint
            )
        setups = {(one.model, one.fix) for one in map(self.setup, range(self.cameras))}
        if len(setups) > 1 or (self.spec.hold == "fixed" and any(self.known)):
            hint = tr("Leave the loaded lenses out, or solve a lens for each camera")
            raise UsageError(
                tr("Lenses that are loaded for some cameras, or held, cannot be one lens for all"), hint=hint
            )


def _is_used(spec: RigSpec, found: Found, one: RigShot) -> bool:
    named = {one.frame, f"{one.frame}/{found.names[one.camera]}"}
    return one.shot.detection is not None and not named & set(spec.exclude) and len(one.shot.ids) >= 4


def _seen(one: RigShot, group: int, target: Target) -> Seen:
    view = observed(one.shot, target)
    return Seen(one.camera, group, one.shot.board, view.ids, np.asarray(view.corners, dtype=np.float64))


def _check_excluded(spec: RigSpec, found: Found) -> None:
    names = {*found.frames, *(f"{frame}/{name}" for frame in found.frames for name in found.names)}
    unknown = [name for name in spec.exclude if name not in names]
    if unknown:
        hint = tr("Frames are: {frames}; one camera's view is FRAME/CAMERA", frames=", ".join(found.frames[:10]))
        raise UsageError(tr("There is no frame '{unknown}' to leave out", unknown=unknown[0]), hint=hint)
