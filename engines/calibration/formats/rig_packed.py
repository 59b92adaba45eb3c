"""Rigs as small JSON for a project, which writes and reads them in the window's thread: corners as packed numbers.

As `rig_json` it gives back the very result; hundreds of frames are some thousand texts, not a million numbers.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import replace
from typing import Any

import numpy as np

from engines.calibration.formats import rig_json
from engines.calibration.formats.checks import DAMAGED, in_words
from engines.calibration.rig.types import RigResult, RigView
from engines.core import spec
from engines.core.errors import BadInput
from engines.core.words import tr

KIND = "kinoscope packed rig"
PLACES, WHOLE = np.dtype("<f8"), np.dtype("<i8")
PACKED = {"ids": (WHOLE, 1), "corners": (PLACES, 2), "projected": (PLACES, 2), "weights": (PLACES, 1)}
"""Fields of a view that are numbers of each corner: of which type, and how many a corner."""
BARE: dict[str, Any] = dict.fromkeys(PACKED, ())


def to_json(result: RigResult) -> dict[str, Any]:
    """The whole result as plain values."""
    bare = spec.to_json(tuple(replace(view, **BARE) for view in result.views))
    views = [plain | _packed(view) for plain, view in zip(bare, result.views, strict=True)]
    return {"kind": KIND, "rig": rig_json.to_json(replace(result, views=())), "views": views}


def from_json(data: object) -> RigResult:
    """The inverse of `to_json`. Raises `BadInput`."""
    if not isinstance(data, dict) or data.get("kind") != KIND:
        raise BadInput(tr("This is no rig that a project keeps"))
    with in_words():
        result, views = rig_json.from_json(data["rig"]), data["views"]
        bare: tuple[RigView, ...] = spec.from_json(tuple[RigView, ...], [view | BARE for view in views])
        whole = tuple(replace(one, **_unpacked(view)) for one, view in zip(bare, views, strict=True))
    return rig_json.checked(replace(result, views=whole))


def _packed(view: RigView) -> dict[str, str]:
    numbers = {name: np.array(getattr(view, name), kind) for name, (kind, _) in PACKED.items()}
    return {name: b64encode(values.tobytes()).decode() for name, values in numbers.items()}


def _unpacked(view: dict[str, Any]) -> dict[str, Any]:
    """Raises `BadInput` for what is no number, and `ValueError` for what was cut."""
    fields: dict[str, Any] = {}
    for name, (kind, wide) in PACKED.items():
        values = np.frombuffer(b64decode(view[name], validate=True), kind)
        if not np.isfinite(values).all():
            raise BadInput(tr("{damaged}: '{name}' holds what is no finite number", damaged=DAMAGED, name=name))
        fields[name] = tuple(values.tolist() if wide == 1 else map(tuple, values.reshape(-1, wide).tolist()))
    return fields
