"""The tour's stops at the actions preset: watch, teach, train and evaluate, on a real film with real labels."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer

from engines.core.places import data_dir
from widgets.actions.state import ActionsView, Page
from workbench.controllers.actions.form import models_dir
from workbench.tour.walk import Stop, begin_at, nothing, reference, show_page, stops_at, themed
from workbench.window.main import Window

LEARNED, SHOWN = (0, 286), (286, 371)
ITERATIONS, HELD_OUT = 120, 0.3
SHORT_TRN, SHORT_FRAME = "trn", "frame"
MARKED, MARK_MS = 36.0, 500
"""Seconds of the film where a segment is marked, and milliseconds until it plays there."""
EVENTS, FAR = 3, 5.0
"""Events, and seconds of the film, before a picture of watching is taken."""
MAIN = ("actions-empty", "actions-pose")
"""The main stop, after what has to be done before it."""


def stops(theme: str) -> list[Stop]:
    """What a newcomer would try: the sample first, then a film of one's own from labels to figures."""
    stop = stops_at("actions", theme)
    made = [
        stop("empty", partial(begin_at, theme=theme, feature="actions", page=Page.WATCH)),
        stop("pose", _sample, _body, 60),
    ]
    if _folder().is_dir():
        made += [
            stop("teach-empty", _open_film, _film_there),
            stop("teach", _import, _labelled),
            stop("marking", _mark, _marking),
            stop("training", partial(_train, model=SHORT_TRN), _training, 120),
            stop("trained", nothing, _trained, 300),
            stop("watch", _watch, _watched, 120),
            stop("compare", partial(_train, model=SHORT_FRAME), _trained, 300),
            stop("evaluate-ready", _compare, _comparable),
            stop("evaluate", _evaluate, _evaluated, 120),
        ]
    return made + [stop("trouble", _broken, _refused), stop("done", _rest)]


def again(theme: str) -> list[Stop]:
    """What shows a theme best; of results that are there."""
    stop = stops_at("actions", theme)
    begin = stop(
        "again", partial(begin_at, theme=theme, feature="actions", page=Page.WATCH), partial(themed, theme=theme)
    )
    pages = (Page.TEACH, Page.TRAIN, Page.EVALUATE) if _folder().is_dir() else ()
    return [begin, *(stop(str(page), partial(show_page, feature="actions", page=page)) for page in pages)]


def _folder() -> Path:
    return reference("actions", "exercise")


def _view(window: Window) -> ActionsView:
    return window.features["actions"].view


def _sample(window: Window) -> None:
    window.services.feeds.clear()
    window.viewer.set_layout("1")
    window.commands.run("actions.sample")


def _body(window: Window) -> bool:
    watched = _view(window).watch.watched
    return watched is not None and bool(watched.poses)


def _open_film(window: Window) -> None:
    window.services.feeds.clear()
    window.sources.add_dropped([str(_folder() / "exercise.avi")])
    window.features["actions"].choose_page(Page.TEACH)


def _film_there(window: Window) -> bool:
    return bool(_view(window).teach.video) and window.features["actions"].films.facts.frames > 0


def _import(window: Window) -> None:
    window.features["actions"].teaching.import_labels(str(_folder() / "labels.csv"))


def _labelled(window: Window) -> bool:
    return len(_view(window).teach.labels.segments) > 1


def _mark(window: Window) -> None:
    window.notices.clear()
    window.features["actions"].playhead.play(MARKED)
    QTimer.singleShot(MARK_MS, lambda: window.features["actions"].teaching.mark_nth(0))


def _marking(window: Window) -> bool:
    line = _view(window).timeline
    return bool(line.marking) and line.position > MARKED + 1


def _train(window: Window, model: str) -> None:
    desk = window.features["actions"]
    desk.labels.drop_mark()
    spec = replace(
        desk.form.train, model=model, frames=LEARNED, iterations=ITERATIONS, held_out=0.25, out=str(_model(model))
    )
    desk.set_form(train=spec)
    desk.training.start()


def _model(name: str) -> Path:
    return models_dir() / f"exercise-{name}.safetensors"


def _training(window: Window) -> bool:
    progress = _view(window).train.progress
    return _view(window).train.result is not None or (progress is not None and progress.iteration >= ITERATIONS // 2)


def _trained(window: Window) -> bool:
    view = _view(window).train
    return view.result is not None and view.busy is None


def _watch(window: Window) -> None:
    desk = window.features["actions"]
    window.notices.clear()
    window.services.feeds.feed(desk.watch.source).set_loop(True)
    desk.watching.watch_with(str(_model(SHORT_TRN)))
    desk.playhead.play(LEARNED[1] / desk.films.facts.rate)


def _watched(window: Window) -> bool:
    line = _view(window).timeline
    told = [event for track in line.tracks for event in track.events]
    return len(told) >= EVENTS and line.position > LEARNED[1] / max(line.rate, 1) + FAR


def _compare(window: Window) -> None:
    desk = window.features["actions"]
    desk.watch.look(desk.watch.source, False)
    for name in (SHORT_TRN, SHORT_FRAME):
        desk.evaluating.add(str(_model(name)))
    desk.set_form(evaluate=replace(desk.form.evaluate, frames=SHOWN))


def _comparable(window: Window) -> bool:
    return len(_view(window).evaluate.spec.models) > 1


def _evaluate(window: Window) -> None:
    window.features["actions"].evaluating.start()


def _evaluated(window: Window) -> bool:
    view = _view(window).evaluate
    return bool(view.results) and view.busy is None


def _broken(window: Window) -> None:
    """A file that is no model."""
    window.notices.clear()
    window.features["actions"].watch.look(window.features["actions"].watch.source, False)
    file = data_dir() / "notes.safetensors"
    file.write_text("not weights")
    window.features["actions"].choose_page(Page.WATCH)
    window.features["actions"].watching.use_model(str(file))


def _refused(window: Window) -> bool:
    return _view(window).trouble is not None


def _rest(window: Window) -> None:
    """Nothing goes on working behind the stops that follow."""
    desk = window.features["actions"]
    desk.watching.use_model("")
    desk.dismiss()
    desk.watch.look(desk.watch.source, False)
