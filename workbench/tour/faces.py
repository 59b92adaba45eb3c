"""The tour's stops at the faces preset: the sample portrait live, and people where the reference data lie."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2

from engines.core.places import data_dir
from widgets.faces.state import FacesView, Page
from workbench.tour.walk import Stop, begin_at, nothing, reference, show_page, stops_at, themed
from workbench.window.main import Window

SITTER = "Eileen Collins"
PEOPLE, EACH = 40, 6
PAIRS = 60
MAIN = ("faces-empty", "faces-live")
"""The main stop, after what has to be done before it."""


def stops(theme: str) -> list[Stop]:
    """What a newcomer would try, from a live picture to a covered one."""
    stop = stops_at("faces", theme)
    made = [
        stop("empty", partial(begin_at, theme=theme, feature="faces", page=Page.LIVE)),
        stop("live", _portrait, _seen, 60),
        stop("people-empty", _gallery, _gallery_there),
        stop("enrolled", _enrol, _named, 60),
    ]
    if _folder().is_dir():
        _album()
        _sample()
        made += [
            stop("looking-through", _gather, _gathering, 60),
            stop("review", nothing, _reviewed, 180),
            stop("people", _store, _stored, 120),
            stop("person", _choose, _chosen),
            stop("threshold", partial(show_page, feature="faces", page=Page.THRESHOLD), _reported, 60),
            stop("verify", _verify, _verified, 60),
            stop("audit", _audit, _audited, 60),
            stop("evaluate", _evaluate, _evaluated, 180),
            stop("train", _train, _trained, 180),
        ]
    return made + [
        stop("gaze", _gaze, _looking, 60),
        stop("covered", _cover, _covered, 60),
        stop("trouble", _broken, _refused),
        stop("done", _rest),
    ]


def again(theme: str) -> list[Stop]:
    """What shows a theme best; of results that are there."""
    stop = stops_at("faces", theme)
    pages = [Page.LIVE] + ([Page.PEOPLE, Page.THRESHOLD, Page.AUDIT, Page.EVALUATE] if _folder().is_dir() else [])
    begin = stop("again", partial(begin_at, theme=theme, feature="faces", page=Page.LIVE), partial(themed, theme=theme))
    return [begin, *(stop(str(page), partial(show_page, feature="faces", page=page)) for page in pages)]


def _folder() -> Path:
    return reference("faces", "lfw_dev")


def _view(window: Window) -> FacesView:
    return window.features["faces"].view


def _page(window: Window, page: Page) -> Any:
    return window.features["faces"].board.page(page)


def _portrait(window: Window) -> None:
    window.services.feeds.clear()
    window.viewer.set_layout("1")
    window.commands.run("faces.sample")


def _seen(window: Window) -> bool:
    found = _view(window).live.recognition
    return found is not None and any(face.evidence >= 3 for face in found.faces)


def _gallery(window: Window) -> None:
    window.features["faces"].galleries.create(str(data_dir() / "people.faces"))
    window.features["faces"].choose_page(Page.PEOPLE)


def _gallery_there(window: Window) -> bool:
    return _view(window).people.info is not None


def _enrol(window: Window) -> None:
    window.features["faces"].choose_page(Page.LIVE)
    found = _view(window).live.recognition
    if found is not None and found.faces:
        window.features["faces"].panel.tracks.enrolWanted.emit(found.faces[0].track, SITTER)


def _named(window: Window) -> bool:
    found = _view(window).live.recognition
    return found is not None and any(face.name == SITTER for face in found.faces)


def _gather(window: Window) -> None:
    window.features["faces"].reviews.gather([str(_album())])


def _gathering(window: Window) -> bool:
    busy = _view(window).enrol.busy
    return _view(window).enrol.gathered is not None or (busy is not None and busy.done > 0)


def _reviewed(window: Window) -> bool:
    return _view(window).enrol.gathered is not None and _page(window, Page.ENROL).list.thumbs.whole


def _store(window: Window) -> None:
    window.features["faces"].reviews.store()
    window.features["faces"].choose_page(Page.PEOPLE)


def _stored(window: Window) -> bool:
    return len(_view(window).people.people) > 1 and _page(window, Page.PEOPLE).thumbs.whole


def _choose(window: Window) -> None:
    most = max(_view(window).people.people, key=lambda person: person.faces)
    window.features["faces"].galleries.select(most.id)


def _chosen(window: Window) -> bool:
    return bool(_view(window).people.faces) and _page(window, Page.PEOPLE).thumbs.whole


def _reported(window: Window) -> bool:
    return _view(window).threshold.report is not None


def _verify(window: Window) -> None:
    photos = _folder().parent / "photos"
    window.features["faces"].choose_page(Page.VERIFY)
    window.features["faces"].verification.show_picture("a", str(photos / "obama.jpg"))
    window.features["faces"].verification.show_picture("b", str(photos / "obama2.jpg"))


def _verified(window: Window) -> bool:
    return _view(window).verify.result is not None and "verify:b" in _view(window).thumbs


def _audit(window: Window) -> None:
    """The gallery of this tour, with one name given wrongly."""
    people = _view(window).people
    wrong = next(person for person in people.people if person.faces > 2 and person.id != people.selected)
    face = people.faces[-1].id
    window.features["faces"].galleries.edit(lambda gallery: gallery.move([face], wrong.id))
    window.features["faces"].audits.start_gallery()


def _audited(window: Window) -> bool:
    view = _view(window)
    audit = view.audit.audit
    return audit is not None and (not audit.suspicions or audit.suspicions[0].image in view.thumbs)


def _evaluate(window: Window) -> None:
    folder = str(_sample())
    form = window.features["faces"].form
    pairs = Path(folder) / "pairs.tsv"
    window.features["faces"].set_form(
        evaluate=replace(form.evaluate, images=folder, pairs=str(pairs)), open_set=replace(form.open_set, images=folder)
    )
    window.features["faces"].choose_page(Page.EVALUATE)
    window.features["faces"].evaluations.start()


def _evaluated(window: Window) -> bool:
    return _view(window).evaluate.result is not None and _view(window).evaluate.open_set is not None


def _train(window: Window) -> None:
    window.features["faces"].set_form(
        train=replace(window.features["faces"].form.train, images=str(_sample()), steps=400)
    )
    window.features["faces"].choose_page(Page.TRAIN)
    window.features["faces"].heads.start()


def _trained(window: Window) -> bool:
    return _view(window).train.result is not None


def _gaze(window: Window) -> None:
    window.features["faces"].set_settings(replace(window.features["faces"].form.settings, gaze=True))
    window.features["faces"].choose_page(Page.GAZE)


def _looking(window: Window) -> bool:
    return len(_view(window).gaze.trail) > 20


def _cover(window: Window) -> None:
    window.features["faces"].choose_page(Page.LIVE)
    window.features["faces"].set_settings(replace(window.features["faces"].form.settings, blur="everyone"))


def _covered(window: Window) -> bool:
    found = _view(window).live.recognition
    return found is not None and bool(found.faces) and all(face.mosaic for face in found.faces)


def _broken(window: Window) -> None:
    """A file that is called a gallery and is none."""
    path = data_dir() / "holiday.faces"
    path.write_bytes(b"not a gallery" * 100)
    window.features["faces"].take([str(path)])


def _refused(window: Window) -> bool:
    return _view(window).trouble is not None


def _rest(window: Window) -> None:
    window.features["faces"].dismiss()
    window.features["faces"].set_settings(replace(window.features["faces"].form.settings, blur="off", gaze=False))
    window.features["faces"].watch.look(window.features["faces"].watch.source, False)


def _album() -> Path:
    """People with several pictures each, and among them what a review should point out."""
    album = data_dir() / "album"
    if not album.is_dir():
        album.mkdir()
        names = [name for name, files in _by_person().items() if len(files) > 2][:PEOPLE]
        for name in names:
            for file in _by_person()[name][:EACH]:
                shutil.copyfile(file, album / file.name)
        first, second = (_by_person()[name] for name in names[:2])
        image = cv2.imread(str(first[0]))
        assert image is not None
        cv2.imwrite(str(album / f"{names[0]}_0091.jpg"), cv2.GaussianBlur(image, (0, 0), 4))
        cv2.imwrite(str(album / f"{names[0]}_0092.jpg"), image, [cv2.IMWRITE_JPEG_QUALITY, 60])
        shutil.copyfile(second[0], album / f"{names[0]}_0093.jpg")
    return album


def _sample() -> Path:
    """A part of the reference pictures with the pairs among them."""
    folder = data_dir() / "sample"
    if not folder.is_dir():
        folder.mkdir()
        lines = (_folder() / "pairs.tsv").read_text("utf-8").splitlines()
        kept = [line for same in "10" for line in [one for one in lines[1:] if one.split("\t")[1] == same][:PAIRS]]
        for name in sorted({name for line in kept for name in line.split("\t")[2:4]}):
            (folder / name).symlink_to(_folder() / name)
        (folder / "pairs.tsv").write_text("\n".join([lines[0], *kept]) + "\n", "utf-8")
    return folder


def _by_person() -> dict[str, list[Path]]:
    people: dict[str, list[Path]] = {}
    for file in sorted(_folder().glob("*.jpg")):
        people.setdefault(file.stem.rpartition("_")[0], []).append(file)
    return people
