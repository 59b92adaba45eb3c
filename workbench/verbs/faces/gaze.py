"""`main.py faces gaze`: how heads are held and where faces look, in degrees."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from engines.core.context import Context
from engines.faces.types import DetectorName, FinderSettings, Search
from workbench.verbs import console
from workbench.verbs.faces.options import Json

if TYPE_CHECKING:
    from engines.core.pictures.files import LeftOut

HELP = console.help_text(
    "How each head is held and where it looks, in degrees: yaw is positive to the viewer's right, pitch up, roll "
    "clockwise. A gaze of 0, 0 looks into the camera.",
    "python main.py faces gaze portrait.jpg",
    "python main.py faces gaze photos/ --search pyramid --json",
)


def register(app: typer.Typer) -> None:
    """Add these commands to `faces`."""
    app.command("gaze", help=HELP)(gaze)


def gaze(
    images: Annotated[list[Path], typer.Argument(help="Pictures, or folders of pictures.", show_default=False)],
    detector: Annotated[str, typer.Option(help="yunet or blazeface.")] = "yunet",
    search: Annotated[str, typer.Option(help="plain, pyramid or tiles: how small faces may be.")] = "plain",
    threads: Annotated[int, typer.Option(min=1, help="Threads of the networks.")] = 2,
    json: Json = False,
) -> None:
    """Head pose and gaze of every face."""

    def look(paths: list[Path], ctx: Context) -> list[dict[str, Any]]:
        return looks(paths, _settings(detector, search, threads), ctx)

    def render(rows: list[dict[str, Any]]) -> None:
        _render(rows)
        console.left_out(_left_out(images))

    console.run(
        look, images, json=json, render=render,
        as_json=lambda rows: {"images": rows, "left_out": [asdict(one) for one in _left_out(images)]},
    )  # fmt: skip


def _left_out(images: list[Path]) -> tuple[LeftOut, ...]:
    from engines.core.pictures.files import gathered

    return gathered(images, deep=True).left_out


def _settings(detector: str, search: str, threads: int) -> FinderSettings:
    from typing import cast, get_args

    from engines.core.errors import UsageError

    for value, names in ((detector, get_args(DetectorName)), (search, get_args(Search))):
        if value not in names:
            raise UsageError(f'There is no "{value}"', hint=f"One of {', '.join(names)}")
    return FinderSettings(cast(DetectorName, detector), cast(Search, search), threads=threads)


def looks(paths: list[Path], settings: FinderSettings, ctx: Context) -> list[dict[str, Any]]:
    """One entry a picture: its file, and its faces as pose, gaze and landmark score; the error where it is broken."""
    from engines.core.errors import KinoscopeError
    from engines.core.pictures.files import gathered
    from engines.core.pictures.reading import read_picture
    from engines.faces.detection.finding import open_finder
    from engines.faces.gaze.ray import GazeEstimator

    finder, estimator = open_finder(settings), GazeEstimator(settings.threads)
    rows: list[dict[str, Any]] = []
    files = gathered(paths, deep=True).files
    for index, path in enumerate(files):
        ctx.check()
        ctx.progress(index, len(files), path.name)
        try:
            image = read_picture(path)
        except KinoscopeError as error:
            if len(files) == 1:
                raise
            rows.append({"file": str(path), "error": error.as_json(), "faces": []})
            continue
        found = finder.detect(image, score=settings.score)
        seen = [
            (box, estimator.view(image, points)) for box, points in zip(found.boxes.tolist(), found.points, strict=True)
        ]
        rows.append({"file": str(path), "faces": [_face(box, view) for box, view in seen]})
    return rows


def _face(box: list[float], view: Any) -> dict[str, Any]:
    """pose and gaze are null where the landmarks see no face."""
    if view is None:
        return {"box": box, "pose": None, "gaze": None}
    told = asdict(view.gaze)
    del told["features"], told["screen"], told["screen_std"]
    openness = [eye.openness for eye in view.eyes]
    return {"box": box, "pose": asdict(view.pose), "gaze": told | {"openness": openness}, "score": view.mesh.score}


def _render(rows: list[dict[str, Any]]) -> None:
    from rich.table import Table

    table = Table("picture", "face", "yaw", "pitch", "roll", "gaze yaw", "gaze pitch", "eyes")
    for row in rows:
        for number, face in enumerate(row["faces"], 1):
            table.add_row(Path(row["file"]).name, str(number), *_cells(face))
        if not row["faces"]:
            table.add_row(Path(row["file"]).name, row["error"]["message"] if "error" in row else "no face")
    console.out().print(table)
    console.out().print("Degrees: yaw to the viewer's right, pitch up, roll clockwise; gaze 0, 0 is into the camera")


def _cells(face: dict[str, Any]) -> list[str]:
    if face["pose"] is None:
        return ["no landmarks"]
    pose, gaze = face["pose"], face["gaze"]
    angles = [pose["yaw"], pose["pitch"], pose["roll"], gaze["yaw"], gaze["pitch"]]
    return [*(f"{angle:+.1f}" for angle in angles), "shut" if gaze["blink"] else "open"]
