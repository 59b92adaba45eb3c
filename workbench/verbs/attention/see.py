"""`main.py attention see`: sample a network and keep what its attention layers do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from engines.attention.types import SeeResult, SeeSpec
from engines.core.spec import resolve, to_json
from workbench.features import attended
from workbench.plugged import FEATURES
from workbench.verbs import console

if TYPE_CHECKING:
    from engines.core.context import Context


USUAL = SeeSpec()


def register(app: typer.Typer) -> None:
    """The command."""
    app.command(
        help=console.help_text(
            "Sample a network and keep what its attention layers do at every step.",
            "python main.py attention see mnist-dit --class 3 --steps 12 --seed 0 --out three.npz",
            "python main.py attention see mnist-unet --class 7 --out seven.npz --png seven.png --head 1 --patch 24",
        )
    )(see)


def see(
    model: Annotated[str, typer.Argument(help="mnist-dit, mnist-unet or a network of your own (.safetensors).")],
    label: Annotated[int | None, typer.Option("--class", help="Class by its number.", show_default="none")] = None,
    steps: Annotated[int, typer.Option(help="Steps from noise to the sample.")] = USUAL.steps,
    seed: Annotated[int, typer.Option(help="Of the noise.")] = USUAL.seed,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = USUAL.device,
    out: Annotated[str, typer.Option(help="File to write (.npz).", show_default="in the cache")] = "",
    png: Annotated[str, typer.Option(help="A sheet of maps, a row a layer, a column a step.", show_default=False)] = "",
    head: Annotated[int, typer.Option(help="Of the sheet, counted from 1.")] = 1,
    patch: Annotated[int | None, typer.Option(help="Whose row the sheet shows, from 0.", show_default="middle")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")] = False,
) -> None:
    spec = SeeSpec(model, label, steps, seed, device, out)

    def work(spec: SeeSpec, ctx: Context) -> SeeResult:
        _check_png(png, head)
        result: SeeResult = resolve(_job(model))(spec, ctx)
        if png:
            _write_sheet(png, result.file, head - 1, patch)
        return result

    told = {"png": png} if png else {}
    console.run(work, spec, json=json, render=lambda result: _show(result, png), as_json=lambda it: to_json(it) | told)


def _job(model: str) -> str:
    """What records a model; one of the user's is recorded like those that come with the program."""
    known = attended(FEATURES)
    return known.get(model, next(iter(known.values())))[1]


def _check_png(png: str, head: int) -> None:
    """Before anybody works for it in vain."""
    from engines.core.errors import UsageError
    from engines.core.outputs import check_file, media

    if png and not png.lower().endswith(".png"):
        raise UsageError(f"'{png}' is not the name of a PNG", hint="Let it end in .png")
    if head < 1:
        raise UsageError(f"There is no head {head}", hint="Heads are counted from 1")
    if png:
        check_file(png, media(png))


def _write_sheet(png: str, file: str, head: int, patch: int | None) -> None:
    import cv2

    from engines.attention.watching.recording import Recording
    from engines.attention.watching.sheet import sheet
    from engines.core.outputs import media, new_file

    with new_file(png, media(png), (file,)) as part:
        part.write_bytes(cv2.imencode(".png", sheet(Recording.open(file), head, patch)[..., ::-1])[1].tobytes())


def _show(result: SeeResult, png: str) -> None:
    """Layers with the mean entropy of their rows at the first, middle and last step."""
    from rich import box
    from rich.table import Table

    from engines.attention.watching.recording import Recording

    recording = Recording.open(result.file)
    shown = sorted({recording.steps[0], recording.steps[len(recording.steps) // 2], recording.steps[-1]})
    table = Table(box=box.SIMPLE_HEAD, title=f"Mean entropy of rows in nats, {recording.made}", title_justify="left")
    for index, column in enumerate(("", "heads", "patches", *(f"step {step + 1}" for step in shown))):
        table.add_column(column, justify="right" if index else "left")
    for at, site in enumerate(recording.sites):
        figures = [f"{float(recording.entropy(step, at).mean()):.2f}" for step in shown]
        table.add_row(site.name, str(site.heads), str(site.tokens), *figures)
    told: Any = console.out()
    told.print(table)
    told.print(f"Written to {result.file}" + (f" and {png}" if png else ""), soft_wrap=True)
