"""Behind the page that prepares recordings: what is chosen, how it is cut, the job that does it, the rig after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from engines.calibration.rig.types import PrepareResult
from engines.core.frames import Image
from engines.core.pictures.files import ENDINGS
from engines.core.places import cache_dir
from engines.core.video.stills import DIALOG
from engines.core.words import tr
from widgets.calibration.rig.pages.prepare import PreparePage
from widgets.calibration.rig.pages.prepare_view import PrepareForm, PrepareView
from widgets.calibration.rig.pages.state import Page
from widgets.kit.save_file import ask_folder, ask_several
from widgets.kit.work_page import WorkPage
from workbench.controllers.calibration.rig.part import PagePart
from workbench.controllers.common.command_line import line, options
from workbench.controllers.common.trouble_words import trouble_of
from workbench.controllers.shell.reveal import reveal
from workbench.threads.engine_thread import Failure

JOB = "engines.calibration.rig.preparing:run"
SHOWING = tr("Pictures and films ({endings} {dialog});;All files (*)", endings=ENDINGS, dialog=DIALOG)
SAMPLE = 12
"""Pictures of the sample recording."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a recording shows: a frame, the grid that its seams tell, how many frames and films."""

    picture: Image
    guess: tuple[int, int]
    frames: int
    films: int


class Prepare(PagePart):
    page, kind = Page.PREPARE, PreparePage

    def __init__(self, desk: Any, errands: Any, parent: Any) -> None:
        super().__init__(desk, errands, parent)
        self.form = PrepareForm()
        self._looked: Looked | None = None
        self._looking = False
        self._result: PrepareResult | None = None
        self._sample = ""
        self._slot = self.slot(desk.services.jobs, JOB, tr("Not prepared"))
        self._slot.done.connect(self._done)

    @property
    def fields(self) -> Mapping[str, Any]:
        return {"prepare": self.view}

    @property
    def view(self) -> PrepareView:
        """What the page shows."""
        view = PrepareView(self.form, looking=self._looking, busy=self.busy, result=self._result)
        one = self._looked
        if one is not None:
            view = replace(view, picture=one.picture, guess=one.guess, frames=one.frames, films=one.films)
        return view

    @property
    def command(self) -> str:
        spec = self.form.spec
        if not spec.paths:
            return ""
        lists = {"--names": spec.names, "--order": spec.order, "--flip": spec.flip}
        told = (word for name, words in lists.items() if words for word in (name, ",".join(map(str, words))))
        pictures = ("--pictures",) if spec.as_pictures else ()
        return line(
            "calibrate", "prepare", *spec.paths, "--tiles", spec.tiles, "--out", spec.out, *told, *pictures,
            *options(spec, "margin", "every"),
        )  # fmt: skip

    def _reveal(self) -> None:
        if self._result:
            reveal(self._result.out, self.desk.services.notify)

    def make(self) -> WorkPage:
        page = super().make()
        assert isinstance(page, PreparePage)
        page.choose.clicked.connect(self.ask)
        page.start.clicked.connect(self.start)
        page.use.clicked.connect(self.use)
        page.reveal.clicked.connect(self._reveal)
        page.out.choose.clicked.connect(self.ask_folder)
        page.wanted.connect(lambda values: self._set(replace(self.form, **values)))
        page.gridWanted.connect(lambda rows, columns: self._set(self.form.gridded(rows, columns)))
        page.picture.swapped.connect(lambda one, two: self._set(self.form.swapped(one, two)))
        page.picture.renamed.connect(lambda place, name: self._set(self.form.renamed(place, name)))
        page.picture.toggled.connect(lambda kind, place: self._set(self.form.with_tile(kind, place)))
        return page

    def begin(self) -> None:
        """The button of the empty page: a recording of the sample's rig."""
        folder = cache_dir() / "samples" / "tiled recording"
        self._looking = True
        self.changed.emit()
        self.errands.ask(partial(_sample, folder), self._take_sample, self._not_read, key="prepare")

    def ask(self) -> None:
        """Let the user choose recordings."""
        self.take(ask_several(self.made, tr("Choose tiled recordings"), "board pictures", SHOWING))

    def ask_folder(self) -> None:
        if folder := ask_folder(self.made, tr("Folder for the cameras' films or pictures"), "prepared", self.form.out):
            self._set(replace(self.form, out=folder))

    def take(self, paths: Sequence[str]) -> None:
        """Cut these."""
        if paths:
            self._looking, self.trouble, self._result, self._sample = True, None, None, ""
            self.form = replace(self.form, paths=tuple(paths), out=_beside(paths[0]))
            self.changed.emit()
            self.errands.ask(partial(_look, tuple(paths)), self._show, self._not_read, key="prepare")

    def start(self) -> None:
        """Write what is shown."""
        if not self.view.problem[0]:
            self.trouble, self._result = None, None
            first, *more = self.form.paths
            what = tr("{first} and {count} more", first=Path(first).name, count=len(more)) if more else Path(first).name
            self._slot.start(self.form.spec, tr("Cut {what} into cameras", what=what))

    def use(self) -> None:
        """Calibrate the rig from what was written."""
        result = self._result
        if result is None:
            return
        paths = tuple(str(Path(result.out) / file) for file in result.files)
        more = {"board": self._sample} if self._sample else {}
        self.desk.set(paths=paths, tiled=False, names=result.cameras, match="name", offsets=(), margin=0, **more)
        self.desk.services.notify(
            tr("The rig takes these {count} cameras; see to the board, then calibrate", count=len(paths)), "good"
        )

    def forget(self) -> None:
        super().forget()
        self.form, self._looked, self._result, self._looking, self._sample = PrepareForm(), None, None, False, ""

    # Within

    def _set(self, form: PrepareForm) -> None:
        if form != self.form:
            self.form, self._result = form, None
            self.changed.emit()

    def _show(self, looked: Looked) -> None:
        self._looking, self._looked = False, looked
        if looked.guess != (1, 1):
            self.form = self.form.gridded(*looked.guess)
        self.changed.emit()

    def _take_sample(self, made: tuple[str, str]) -> None:
        self.take((made[0],))
        self._sample = made[1]

    def _not_read(self, failure: Failure) -> None:
        self._looking, self._looked = False, None
        self.failed.emit(trouble_of(failure.as_json(), tr("Not read")))

    def _done(self, _spec: object, result: PrepareResult) -> None:
        self._result = result
        self.changed.emit()


def _look(paths: tuple[str, ...]) -> Looked:
    from engines.calibration.rig.pictures.seams import guess
    from engines.calibration.targets import films, photographs
    from engines.core.video import stills

    files = photographs.listing(paths).files
    images = [photographs.read(path) for path in films.samples(files[0], 3)]
    with_films = [file for file in files if stills.is_film(file)]
    frames = sum(stills.opened(file).count or 0 for file in with_films) + len(files) - len(with_films)
    return Looked(images[len(images) // 2], guess(images), frames, len(with_films))


def _sample(folder: Path) -> tuple[str, str]:
    """Tiled pictures of the rendered rig, made once, and its board."""
    import cv2

    from engines.cameras.scene.motion import GLIDE, REST
    from engines.cameras.scene.rendering import Scene
    from engines.cameras.types import SceneSource
    from engines.core.files import atomic_path

    scene = Scene(SceneSource(fps=1 / (REST + GLIDE)))
    for number in range(SAMPLE):
        path = folder / tr("tiled {number:02}.png", number=number + 1)
        if not path.is_file():
            with atomic_path(path) as part:
                part.write_bytes(cv2.imencode(".png", scene.render(number))[1].tobytes())
    return str(folder), str(scene.source.board)


def _beside(path: str) -> str:
    """A new folder beside what is cut."""
    from engines.core.outputs import free_name

    first = Path(path)
    base = Path.home() if cache_dir() in first.parents else first.parent
    return str(free_name(base / tr("{stem} cameras", stem=first.stem)))
