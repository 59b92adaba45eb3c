"""The meaning of a similarity: how rarely a stranger reaches it in a gallery, how probably it is the same person.

A stranger is searched against everybody, so the share of strangers who get a name grows with the gallery: with a
share p of pairs of different people at or above the threshold it is 1 - (1 - p)^N for N people. p comes from the
gallery itself, each person's faces against all the others (which is what strangers meet), blended with what is known
of the recogniser while the gallery is small, and carried on into the tail by a generalised Pareto law (`tails`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.core.errors import BadInput
from engines.core.words import tr, tr_count
from engines.faces.scores.impostors import EDGES, Impostors, impostors, inflation, without_doubles
from engines.faces.scores.references import REFERENCES, Reference
from engines.faces.scores.tails import fit, survival
from engines.faces.table import FaceTable
from engines.faces.types import Accept
from engines.faces.vectors import Floats

Interval = tuple[float, float]

_TRUSTED = 30.0
"""Independent high pairs at which the gallery counts as much as the reference."""
_LEAST = 1e-15
_STRIDE = 8
_NEVER = -25.0
_GENUINE_TRUSTED = 60.0
_UNKNOWN_GENUINE = (0.5, 0.15)


@dataclass(frozen=True, slots=True)
class ScoreModel:
    """On the grid `EDGES` of similarities: far_grid, far_low, far_high: share of pairs of different people at or above
    each, with its 95 % interval; ratio: log of how much likelier each is for the same person than for different people,
    ascending. people: in the gallery. doubles: pairs of people who look like one person and were left out. basis,
    weak: see `ThresholdReport`.
    """

    people: int
    far_grid: Floats
    far_low: Floats
    far_high: Floats
    ratio: Floats
    basis: str
    weak: str
    doubles: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, table: FaceTable, model: str | None = None) -> ScoreModel:
        """Calibrated on a gallery. model: name of its recogniser's card; None: whichever known one the scores fit.

        Fewer than ten people and a recogniser of which nothing is known: nobody can be named, every threshold is 1.
        Raises `BadInput` for vectors that hold NaN or are not of length 1.
        """
        check_vectors(table)
        table = table.known()
        found, doubles = without_doubles(impostors(table))
        reference = _guess(found, table) if model is None else REFERENCES.get(model)
        names = table.labels()[0]
        shares, low, high, trust = _shares(found, reference)
        told = reference is not None or trust > 0
        ratio = _ratio(_genuine(table, reference), shares) if told else np.full(len(EDGES), _NEVER)
        basis, weak = _words(found, reference, trust, len(doubles))
        named = tuple((names[a], names[b]) for a, b in doubles)
        return cls(len(names), shares, low, high, ratio, basis, weak, named)

    @classmethod
    def known(cls, model: str) -> ScoreModel | None:
        """Without a gallery, from what is known of the recogniser; None when nothing is."""
        if model not in REFERENCES:
            return None
        nobody = FaceTable((), (), np.zeros((0, 1), np.float32), np.zeros(0, np.float32))
        return cls.of(nobody, model)

    @property
    def blind(self) -> bool:
        """Nothing is known: neither of the recogniser nor, with so few people, of the gallery."""
        return bool(self.ratio[-1] <= _NEVER)

    def far(self, similarity: float) -> float:
        """Share of pairs of different people at or above `similarity`."""
        return float(np.exp(np.interp(similarity, EDGES, np.log(self.far_grid))))

    def strangers(self, similarity: float, people: int | None = None) -> float:
        """Share of strangers who find somebody at or above `similarity` among `people` (None: this gallery's)."""
        return _of_many(self.far(similarity), self.people if people is None else people)

    def strangers_interval(self, similarity: float, people: int | None = None) -> Interval:
        """The same, 95 %."""
        count = self.people if people is None else people
        ends = (np.exp(np.interp(similarity, EDGES, np.log(line))) for line in (self.far_low, self.far_high))
        low, high = (_of_many(float(end), count) for end in ends)
        return (low if low > 1e3 * _LEAST * count else 0.0), high

    def threshold(self, accept: Accept, people: int | None = None) -> float:
        """The similarity that lets this share of strangers pass. Raises `BadInput` unless it is between 0 and 1."""
        if not 0 < accept.rate < 1:
            raise BadInput(tr("A share of strangers must lie between 0 and 1, not {rate:g}", rate=accept.rate))
        count = max(1, self.people if people is None else people)
        asked = -np.expm1(np.log1p(-accept.rate) / count)
        return float(np.interp(-np.log(asked), -np.log(self.far_grid), EDGES))

    def even(self, log_odds: float = 0.0) -> float:
        """The similarity at which the same person is e^`log_odds` times as likely as different people."""
        return float(np.interp(log_odds, self.ratio + 1e-9 * np.arange(len(EDGES)), EDGES))

    def probability(self, similarity: float, people: int = 1) -> float:
        """That the best of `people` is right when it scores `similarity`, as many strangers as known coming by.

        With one this is the verification of a pair at even odds. Ascending in `similarity`, descending in `people`.
        """
        odds = np.exp(float(np.interp(similarity, EDGES, self.ratio)))
        return float(odds / (odds + max(1, people)))


def check_vectors(table: FaceTable) -> None:
    """Raises `BadInput` for vectors no similarity can be taken of, and names the first."""
    lengths = np.linalg.norm(table.vectors, axis=1) if len(table) else np.zeros(0)
    bad = ~(np.abs(lengths - 1) < 1e-2)
    if bad.any():
        face = table.faces[int(np.argmax(bad))]
        raise BadInput(
            tr("The embedding of '{face}' is not a vector of length 1", face=face), hint=tr("Embed it again")
        )


def _of_many(far: float, people: int) -> float:
    return float(-np.expm1(max(people, 0) * np.log1p(-min(far, 1 - 1e-12))))


def _guess(found: Impostors, table: FaceTable) -> Reference | None:
    """The known model whose impostors look like these; `SFace` for a gallery too small to tell."""
    if len(table) and table.vectors.shape[1] != 128:
        return None
    if found.people < 5:
        return REFERENCES["sface"]
    middle = float(np.interp(-0.5, -found.shares, EDGES))
    near = [known for known in REFERENCES.values() if abs(_middle(known) - middle) < 0.12]
    return min(near, key=lambda known: abs(_middle(known) - middle)) if near else None


def _middle(known: Reference) -> float:
    return float(np.interp(0.5, [share for _, share in known.impostor[::-1]], [at for at, _ in known.impostor[::-1]]))


def _shares(found: Impostors, reference: Reference | None) -> tuple[Floats, Floats, Floats, float]:
    """far with low and high on `EDGES`, and how much of it (0 to 1) is the gallery's own."""
    known = None if reference is None else _of_reference(reference)
    own = _of_gallery(found)
    if own is None:
        shares, low, high = known or (np.ones(len(EDGES)), np.zeros(len(EDGES)), np.ones(len(EDGES)))
        return _tidy(shares), _tidy(low), _tidy(high), 0.0
    if known is None:
        return _tidy(own[0][0]), _tidy(own[0][1]), _tidy(own[0][2]), 1.0
    trust = own[1] / (own[1] + _TRUSTED)
    mixed = [np.exp(trust * np.log(a) + (1 - trust) * np.log(b)) for a, b in zip(own[0], known, strict=True)]
    return _tidy(mixed[0]), _tidy(mixed[1]), _tidy(mixed[2]), trust


def _of_gallery(found: Impostors) -> tuple[tuple[Floats, Floats, Floats], float] | None:
    if found.people < 10 or found.weights.sum() < 10:
        return None
    wider = inflation(found) + float(found.weights.sum()) / 2 / found.people
    share = float(found.weights.sum()) / found.pairs
    tail = fit(found.values - found.start, found.weights / 2, start=found.start, share=share, inflation=wider)
    shares, low, high = (np.maximum(found.shares, share) for _ in range(3))
    scatter = np.exp(1.96 * np.sqrt(np.maximum(1 - shares, 0) / np.maximum(shares * tail.counted / share, 1.0)))
    low, high = shares / scatter, np.minimum(shares * scatter, 1.0)
    above = found.start <= EDGES
    some = np.append(EDGES[above][:-1:_STRIDE], 1.0)
    for line, values in zip((shares, low, high), (tail.beyond(some), *tail.band(some)), strict=True):
        line[above] = np.exp(np.interp(EDGES[above], some, np.log(np.maximum(values, _LEAST))))
    return (np.maximum(shares, _LEAST), np.maximum(low, _LEAST), np.maximum(high, _LEAST)), tail.counted


def _of_reference(reference: Reference) -> tuple[Floats, Floats, Floats]:
    at, share = np.array(reference.impostor).T
    shares = np.exp(np.interp(EDGES, np.append(-1.0, at), np.log(np.append(1.0, share))))
    beyond = np.maximum(EDGES - at[-1], 0.0)
    above = beyond > 0
    shares[above] = share[-1] * survival(beyond[above], reference.shape, reference.scale)
    doubt = np.exp(1.96 * reference.doubt * np.sqrt(1 - shares) * (1 + beyond / (5 * reference.scale)))
    return np.maximum(shares, _LEAST), np.maximum(shares / doubt, _LEAST), np.clip(shares * doubt, _LEAST, 1.0)


def _tidy(shares: Floats) -> Floats:
    """Strictly descending, so that every share has one threshold."""
    falling = np.minimum.accumulate(np.clip(np.asarray(shares, np.float64), _LEAST, 1.0))
    return np.asarray(falling * np.exp(-1e-9 * np.arange(len(falling))), np.float64)


def _genuine(table: FaceTable, reference: Reference | None) -> Floats:
    """Density of the similarity of two faces of one person: the gallery's own blended with the reference."""
    own, people = own_pairs(table)
    if reference is None:
        known = _bell(*_UNKNOWN_GENUINE)
    else:
        at, below = np.array(reference.genuine).T
        known = _smooth(np.diff(np.interp(EDGES, np.r_[-1.0, at, 1.0], np.r_[0.0, below, 1.0]), prepend=0.0))
    if people < 5:
        return known
    weight = people / (people + _GENUINE_TRUSTED)
    return weight * _smooth(own) + (1 - weight) * known


def own_pairs(table: FaceTable) -> tuple[Floats, int]:
    """Histogram on `EDGES` of the similarities within people, each person alike, and how many have two faces."""
    _, labels = table.labels()
    order = np.argsort(labels, kind="stable")
    counts, people = np.zeros(len(EDGES)), 0
    for rows in np.split(order, np.cumsum(np.bincount(labels))[:-1]) if len(labels) else []:
        if len(rows) < 2:
            continue
        rows = rows[:: max(1, len(rows) // 200)]
        scores = (table.vectors[rows] @ table.vectors[rows].T)[np.triu_indices(len(rows), 1)]
        places = np.clip(np.searchsorted(EDGES, scores), 0, len(EDGES) - 1)
        counts += np.bincount(places, minlength=len(EDGES)) / len(scores)
        people += 1
    return counts / max(people, 1), people


def _bell(mean: float, spread: float) -> Floats:
    bell = np.exp(-0.5 * ((EDGES - mean) / spread) ** 2)
    return np.asarray(bell / (bell.sum() * (EDGES[1] - EDGES[0])), np.float64)


def _smooth(mass: Floats, spread: float = 0.03) -> Floats:
    """A density from a histogram on `EDGES`, blurred with a normal of this spread."""
    step = EDGES[1] - EDGES[0]
    reach = np.arange(-4 * spread, 4 * spread + step / 2, step)
    kernel = np.exp(-0.5 * (reach / spread) ** 2)
    return np.asarray(np.convolve(mass, kernel / (kernel.sum() * step), "same"), np.float64)


def _ratio(genuine: Floats, shares: Floats) -> Floats:
    """Log of genuine over impostor density, made ascending."""
    step = EDGES[1] - EDGES[0]
    impostor = _smooth(np.append(-np.diff(shares), 0.0), 0.01)
    floor = 1e-4 * genuine.max()
    peak = int(np.argmax(np.append(np.diff(shares) * -1, 0.0)))
    logs = np.log(np.maximum(genuine, floor)) - np.log(np.maximum(impostor, 1e-12 / step))
    logs[:peak] = np.minimum(logs[:peak], logs[peak])
    return np.asarray(np.clip(np.maximum.accumulate(logs), _NEVER, -_NEVER), np.float64)


def _words(found: Impostors, reference: Reference | None, trust: float, doubles: int) -> tuple[str, str]:
    gallery = (
        tr("{people} people of this gallery (a sample of its faces)", people=found.people)
        if found.sampled
        else tr("{people} people of this gallery", people=found.people)
    )
    if trust <= 0 and reference is None:
        basis = tr("nothing: the gallery is too small, and nothing is known of its recogniser")
    elif trust <= 0:
        basis = tr("reference impostors scaled to {people} people", people=found.people)
    elif trust < 0.8 and reference is not None:
        basis = tr("{gallery}, blended with reference impostors", gallery=gallery)
    else:
        basis = gallery
    weak = []
    if reference is None and trust <= 0:
        weak.append(tr("nobody is named before ten people are enrolled, because nothing is known of this recogniser"))
    elif reference is None:
        weak.append(tr("nothing is known of this recogniser beyond this gallery"))
    elif trust < 0.5:
        weak.append(tr("the gallery is small, so this rests on reference people, who may be unlike yours"))
    if doubles:
        weak.append(
            tr_count(
                doubles,
                "{n} pair of people looks like one person under two names and had no part in it",
                "{n} pairs of people look like one person under two names and had no part in it",
            )
        )
    return basis, "; ".join(weak)
