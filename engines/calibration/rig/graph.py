"""How the cameras of a rig hang together: which share views, and the tree of edges that are best supported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engines.calibration.solve.sights import Seen
from engines.core.errors import WorkFailed
from engines.core.words import tr

ENOUGH = 8
"""Shared views that carry a pair of cameras."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What two cameras saw together: boards in frames, and corners that both saw."""

    views: int = 0
    corners: int = 0


def shared_views(views: Sequence[Seen], cameras: int) -> dict[tuple[int, int], Shared]:
    """For every pair of cameras (first < second)."""
    by_group: dict[int, list[Seen]] = {}
    for view in views:
        by_group.setdefault(view.group, []).append(view)
    found = {(a, b): Shared() for a in range(cameras) for b in range(a + 1, cameras)}
    for together in by_group.values():
        together = sorted(together, key=lambda view: view.camera)
        for place, one in enumerate(together):
            for other in together[place + 1 :]:
                pair, both = (one.camera, other.camera), len(set(one.ids.tolist()) & set(other.ids.tolist()))
                found[pair] = Shared(found[pair].views + 1, found[pair].corners + both)
    return found


def spanning_tree(shared: Mapping[tuple[int, int], Shared], root: int, cameras: int) -> list[tuple[int, int]]:
    """Edges (from, to) that reach every camera from `root`, each the best supported one there is (Prim).

    Cameras that see the same board need not see the same corners. Those that cannot be reached are left out.
    """
    reached, edges = {root}, []
    while len(reached) < cameras:
        open_edges = [
            (one.corners, one.views, a if a in reached else b, b if a in reached else a)
            for (a, b), one in shared.items()
            if one.views and (a in reached) != (b in reached)
        ]
        if not open_edges:
            break
        _, _, start, end = max(open_edges, key=lambda edge: (edge[0], edge[1], -edge[3]))
        edges.append((start, end))
        reached.add(end)
    return edges


def check_connected(shared: Mapping[tuple[int, int], Shared], names: Sequence[str], root: int) -> None:
    """Raise `WorkFailed` that says which cameras lack shared views, when the cameras fall apart."""
    groups = islands(shared, len(names))
    if len(groups) == 1:
        return
    words = "; ".join(", ".join(names[camera] for camera in group) for group in groups)
    hint = tr(
        "Take {enough} frames or more in which the board is seen by cameras of both groups at once", enough=ENOUGH
    )
    raise WorkFailed(tr("The cameras share no views across these groups: {words}", words=words), hint=hint)


def islands(shared: Mapping[tuple[int, int], Shared], cameras: int) -> list[tuple[int, ...]]:
    """Groups of cameras that hang together."""
    rest, found = list(range(cameras)), []
    while rest:
        edges = spanning_tree(shared, rest[0], cameras)
        group = tuple(sorted({rest[0], *(end for _, end in edges)}))
        found.append(group)
        rest = [camera for camera in rest if camera not in group]
    return found
