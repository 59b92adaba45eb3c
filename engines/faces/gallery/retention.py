"""The retention period of a gallery: a dry run of what it would delete today, and deleting it with proof."""

from __future__ import annotations

import time

from engines.core.errors import BadInput
from engines.core.words import tr
from engines.faces.gallery.editing import Gallery
from engines.faces.gallery.forget import forget_faces, losing_all
from engines.faces.gallery.types import Expiring, Forgotten

DAY = 86400.0


def expiring(gallery: Gallery, days: int | None = None, now: float | None = None) -> Expiring:
    """What would go today. days: None for the gallery's own period. people: who would lose their last face."""
    days = _period(gallery, days)
    faces = _old(gallery, days, now)
    names = gallery.names()
    oldest = gallery.store.rows("SELECT MIN(added) FROM faces")[0][0]
    gone = sorted(names[person] for person in losing_all(gallery, faces)) if faces else []
    return Expiring(days, len(faces), tuple(gone), float(oldest or 0.0))


def expire(gallery: Gallery, days: int | None = None, now: float | None = None) -> Forgotten:
    """Delete for good what is older, removed faces too. Cannot be undone."""
    return forget_faces(gallery, _old(gallery, _period(gallery, days), now))


def _period(gallery: Gallery, days: int | None) -> int:
    days = gallery.info().keep_days if days is None else days
    if days < 0:
        raise BadInput(tr("Days cannot be negative"), hint=tr("0 keeps faces for ever"))
    return days


def _old(gallery: Gallery, days: int, now: float | None) -> list[str]:
    if days == 0:
        return []
    before = (time.time() if now is None else now) - days * DAY
    return [row[0] for row in gallery.store.rows("SELECT id FROM faces WHERE added < ?", (before,))]
