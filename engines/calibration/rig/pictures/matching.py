"""Films that are matched by the board's motion, brought to offsets in frames before anything else looks at them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from engines.calibration.rig.pictures import instants
from engines.calibration.rig.pictures.synchronising import synchronise
from engines.calibration.rig.pictures.tiles import camera_names
from engines.calibration.rig.types import RigSpec
from engines.calibration.targets import photographs
from engines.core.context import Context
from engines.core.errors import UsageError
from engines.core.video import stills
from engines.core.words import control, tr

Told = Callable[[float, str], None]
_SHARE = 0.5


def settled(spec: RigSpec, ctx: Context, told: Told, threads: int = 2) -> tuple[RigSpec, tuple[str, ...], Told]:
    """The spec with offsets in place of "motion", what there is to say of them, and how the rest tells its progress.

    Raises as `synchronise`, and `UsageError` for anything but one film a camera.
    """
    if spec.match != "motion" or spec.tiles:
        return spec, (), told
    listings = [photographs.listing([path]).files for path in spec.paths]
    if len(listings) < 2 or any(len(files) != 1 or not stills.is_film(files[0]) for files in listings):
        raise UsageError(
            tr("The board's motion is compared between films, one a camera"),
            hint=tr(
                "Choose {names} or {time}",
                names=control(tr("By their names"), "--match name"),
                time=control(tr("By time stamps"), "--match time"),
            ),
        )
    names = camera_names([spec.names[at] if at < len(spec.names) else str(at) for at in range(len(listings))])
    paths = [files[0] for files in listings]
    instants.check_different(paths, names)
    found = synchronise(
        [stills.opened(path) for path in paths],
        spec.boards,
        ctx,
        lambda share, words: told(_SHARE * share, words),
        threads,
    )

    def rest(share: float, words: str) -> None:
        told(_SHARE + (1 - _SHARE) * share, words)

    return replace(spec, match="order", offsets=found.offsets), found.words([path.name for path in paths]), rest
