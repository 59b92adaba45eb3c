"""Covered faces: nobody can be told from the cover, no gap shows a face, films keep size and times."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from engines.core.context import PlainContext
from engines.core.errors import BadInput, Cancelled, UsageError
from engines.core.video.rewriting import rewrite
from engines.faces.detection.finding import open_finder
from engines.faces.recognition import align
from engines.faces.recognition.embed import SFace
from engines.faces.redaction.job import run
from engines.faces.redaction.mosaic import SQUARES, cover, grown, mosaic_of
from engines.faces.redaction.plan import Film, Followed
from engines.faces.study_types import RedactSpec
from engines.faces.types import Box
from tests.engines.faces.gaze import acted
from tests.engines.faces.gaze.acted import PLAIN, Actor
from tests.people import group

COUNT = 24


def test_a_recogniser_cannot_tell_who_is_covered(data, weights):
    """Covered faces find their own bare pictures no more often than by chance (1 in 40, and 4 standard errors)."""
    weights("yunet", "sface")
    finder, model = open_finder(PLAIN), SFace()
    bare, covered = [], []
    for file in sorted((data / "faces" / "lfw_dev").glob("*_0001.jpg"))[:40]:
        image = cv2.imread(str(file))
        found = finder.detect(image)
        bare.append(align.crop(image, found.points[0]))
        cover(image, Box(*map(float, found.boxes[0])))
        covered.append(align.crop(image, found.points[0]))
    known, hidden = model.embed(np.stack(bare)), model.embed(np.stack(covered))
    right = (np.argmax(hidden @ known.T, axis=1) == np.arange(40)).mean()
    assert right <= 1 / 40 + 4 * np.sqrt(1 / 40 * 39 / 40 / 40)


def test_the_cover_is_the_mosaic_and_holds_nothing_finer():
    image = np.random.default_rng(0).integers(0, 255, (200, 300, 3), np.uint8)
    box = Box(100, 50, 80, 100)
    rows = mosaic_of(image, box)
    before = image.copy()
    cover(image, box)
    area = grown(box)
    assert (area.width, area.height) == (100, 125)
    assert len(rows[0]) == SQUARES
    colours = {tuple(int(row[c][k : k + 2], 16) for k in (5, 3, 1)) for row in rows for c in range(len(row))}
    x, y = round(area.x), round(area.y)
    inside = image[y : y + 125, x : x + 100]
    assert {tuple(map(int, colour)) for colour in inside.reshape(-1, 3)} <= colours
    outside = np.ones(image.shape[:2], bool)
    outside[y - 1 : y + 127, x - 1 : x + 102] = False
    assert (image[outside] == before[outside]).all()


@pytest.mark.parametrize(
    "box", [Box(-500, -500, 20, 20), Box(-30, -30, 60, 60), Box(90, 90, 1e5, 1e5), Box(5, 5, 0, 0)]
)
def test_boxes_at_and_beyond_the_edge_are_covered_where_there_is_a_picture(box):
    image = np.full((100, 100, 3), 7, np.uint8)
    cover(image, box)
    assert {colour for row in mosaic_of(image, box) for colour in row} <= {"#070707", "#000000"}
    assert (image == 7).all()


def film_of(frames: list[int], count: int = 50, **settings: object) -> list[list[Box]]:
    """A face that moves 4 pixels a frame and is seen in `frames`, at 25 frames a second."""
    film = Film([k / 25 for k in range(count)], [0] * count, {}, [[] for _ in range(count)])
    path = film.paths.setdefault(1, Followed())
    for frame in frames:
        path.add(frame, Box(4 * frame, 10, 50, 50), "ada" if settings.get("bare") else "")
    return film.covers(0.21, bare=bool(settings.get("bare")))


def test_a_missed_face_is_covered_where_a_straight_line_puts_it():
    covers = film_of([k for k in range(10, 40) if k not in range(18, 30)])
    for k in range(18, 30):
        assert [box.x for box in covers[k]] == [pytest.approx(4 * k)]


def test_a_face_is_covered_before_and_after_it_is_seen_wherever_it_can_be():
    covers = film_of(list(range(20, 30)))
    assert [k for k, boxes in enumerate(covers) if boxes] == list(range(15, 35))
    for k in [*range(15, 20), *range(30, 35)]:
        box = covers[k][0]
        assert box.x <= min(4 * k, 4 * np.clip(k, 20, 29)) + 1e-6
        assert box.x + box.width >= max(4 * k, 4 * np.clip(k, 20, 29)) + 50 - 1e-6


def test_who_is_known_is_left_bare_and_who_changed_names_is_not():
    assert not any(film_of(list(range(20, 30)), bare=True))
    film = Film([0.0, 0.04], [0, 0], {1: Followed()}, [[], []])
    film.paths[1].add(0, Box(0, 0, 9, 9), "ada")
    film.paths[1].add(1, Box(0, 0, 9, 9), "eve")
    assert all(film.covers(0.2, bare=True))


def test_no_cover_reaches_over_a_cut():
    film = Film([k / 25 for k in range(10)], [0] * 5 + [1] * 5, {1: Followed()}, [[] for _ in range(10)])
    film.paths[1].add(4, Box(0, 0, 9, 9), "")
    assert [bool(boxes) for boxes in film.covers(1.0, bare=False)] == [True] * 5 + [False] * 5


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("redact")


@pytest.fixture
def actors(people) -> list[Actor]:
    ada = Actor(people / "Ada_0005.jpg", lambda k: (120 + 3 * k, 220), blurred=range(9, 14))
    return [ada, Actor(people / "Ben_0003.jpg", lambda k: (500 - 2 * k, 240))]


@pytest.fixture
def film(actors, made) -> Path:
    """With times that are not even, so that they have to be kept."""
    path = made / "film.mkv"
    if not path.exists():
        with av.open(str(path), "w") as out:
            stream = out.add_stream("libx264", rate=25, options={"crf": "12"})
            stream.height, stream.width = acted.SIZE
            stream.pix_fmt, stream.codec_context.time_base = "yuv420p", Fraction(1, 1000)
            for k, frame in enumerate(acted.frames(actors, COUNT)):
                picture = av.VideoFrame.from_ndarray(frame.image, format="bgr24")
                picture.pts, picture.time_base = 40 * k + 7 * (k % 3), Fraction(1, 1000)
                out.mux(stream.encode(picture))
            out.mux(stream.encode(None))
    return path


def read(path: Path) -> tuple[list[np.ndarray], list[float]]:
    with av.open(str(path)) as film:
        frames = list(film.decode(video=0))
        return [frame.to_ndarray(format="bgr24") for frame in frames], [float(frame.time) for frame in frames]


def detail(image: np.ndarray, actor: Actor, k: int) -> float:
    """How much fine detail there is where the face is."""
    x, y = (round(value) for value in actor.path(k))
    area = cv2.cvtColor(image[y - 30 : y + 30, x - 25 : x + 25], cv2.COLOR_BGR2GRAY)
    return float(np.median(np.abs(cv2.Laplacian(area, cv2.CV_32F))))


def test_a_film_is_covered_in_every_frame_and_keeps_its_size_and_times(actors, film, tmp_path):
    result = run(RedactSpec(str(film), str(tmp_path / "out.mkv"), finder=PLAIN), PlainContext())
    (before, then), (after, now) = read(film), read(Path(result.out))
    assert result.frames == len(after) == COUNT
    assert after[0].shape == before[0].shape
    assert np.allclose(then, now, atol=1e-6)
    for actor in actors:
        for k in range(COUNT):
            if k not in actor.blurred:
                assert detail(after[k], actor, k) < 0.35 * detail(before[k], actor, k)
    assert result.longest == 2


@pytest.mark.parametrize("kind", [".mp4", ".webm", ".mov"])
def test_every_kind_of_film_has_all_frames_in_order(film, tmp_path, kind):
    out = tmp_path / f"out{kind}"
    assert rewrite(film, out, lambda number, image: None) == COUNT
    frames, times = read(out)
    assert len(frames) == COUNT
    assert all(np.diff(times) > 0)
    assert all(np.abs(a.astype(int) - b).mean() < 4 for a, b in zip(frames, read(film)[0], strict=True))


def test_only_unknown_people_are_covered_when_asked(actors, film, people, tmp_path):
    gallery = acted.enrol(tmp_path / "g.faces", [people / "Ada_0001.jpg", people / "Cleo_0001.jpg"])
    spec = RedactSpec(str(film), str(tmp_path / "out.mp4"), "unknown", str(gallery), finder=PLAIN)
    after, before = read(Path(run(spec, PlainContext()).out))[0], read(film)[0]
    for k in (0, 5, COUNT - 1):
        known, stranger = (detail(after[k], actor, k) / detail(before[k], actor, k) for actor in actors)
        assert known > 0.6
        assert stranger < 0.35


def test_a_picture_is_covered(portrait, tmp_path):
    picture, out = tmp_path / "in.png", tmp_path / "out.png"
    cv2.imwrite(str(picture), group(portrait, *range(6)))
    result = run(RedactSpec(str(picture), str(out), finder=PLAIN), PlainContext())
    assert (result.frames, result.covered) == (1, 6)
    assert len(open_finder(PLAIN).detect(cv2.imread(str(out)))) == 0


def test_a_cancelled_copy_leaves_nothing_behind(film, tmp_path):
    class Later(PlainContext):
        def progress(self, done: float, total: float, note: str = "") -> None:
            if note == "Covering faces" and done > total / 2 + 3:
                self.cancelled.set()

    with pytest.raises(Cancelled):
        run(RedactSpec(str(film), str(tmp_path / "out.mp4"), finder=PLAIN), Later())
    assert list(tmp_path.iterdir()) == []


def test_what_makes_no_sense_is_refused(film, tmp_path, weights):
    weights("yunet", "sface")
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no film" * 99)
    os.mkfifo(tmp_path / "pipe.mp4")
    out = str(tmp_path / "out.mp4")
    cases = [
        (RedactSpec(str(film), out, "someone"), UsageError),
        (RedactSpec(str(film), out, "unknown"), UsageError),
        (RedactSpec(str(film), str(film)), UsageError),
        (RedactSpec(str(tmp_path / "no.mp4"), out), BadInput),
        (RedactSpec(str(broken), out), BadInput),
        (RedactSpec(str(tmp_path / "pipe.mp4"), out), BadInput),
        (RedactSpec(str(film), out + ".avi", finder=PLAIN), BadInput),
        (RedactSpec(str(film), out, "unknown", str(tmp_path / "no.faces")), BadInput),
    ]
    for spec, error in cases:
        with pytest.raises(error):
            run(spec, PlainContext())
