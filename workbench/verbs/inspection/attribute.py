"""`main.py inspect MODEL IMAGE --attribute METHOD`: the pixels that an output rests on, as figures and as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engines.core.errors import UsageError
from engines.inspection.attribution.asked import METHODS, AttributeResult, AttributeSpec, Explained
from workbench.verbs import console

if TYPE_CHECKING:
    from engines.core.context import Context

ALL = "all"
NAMES = f"{', '.join(method.id for method in METHODS)}; several with commas, or {ALL}"


def run(spec: AttributeSpec, out: str, *, json: bool = False) -> None:
    """out: a PNG to write, "" for none."""

    def work(spec: AttributeSpec, ctx: Context) -> AttributeResult:
        from engines.inspection.attribution.job import run as explain

        if not spec.picture:
            raise UsageError("A picture is needed for an attribution", hint="Name it after the model")
        _check(out, (spec.picture, spec.model.path))
        result = explain(spec, ctx)
        if out:
            _write(out, result)
        return result

    console.run(work, spec, json=json, render=lambda it: _show(it, out), as_json=lambda it: as_json(it, out))


def methods_of(text: str) -> tuple[str, ...]:
    """Ids of methods with commas between them, each once; "" for the one that is taken first."""
    if not text:
        return AttributeSpec().methods
    if text == ALL:
        return tuple(method.id for method in METHODS)
    return tuple(dict.fromkeys(part.strip() for part in text.split(",")))


def as_json(result: AttributeResult, out: str) -> dict[str, Any]:
    """What scripts read: of the first method at the top, and of every one where there are several."""
    each = [_one_json(one, result) for one in result.explained]
    target = {"target": result.target.words, "index": result.target.index, "value": result.target.value,
              "softmax": result.target.share}  # fmt: skip
    several = {"methods": each} if len(each) > 1 else {}
    return {**each[0], **target, "notes": list(result.said), "out": out or None, **several}


def _one_json(one: Explained, result: AttributeResult) -> dict[str, Any]:
    told: dict[str, Any] = {"method": one.method, "layer": one.layer or None, "milliseconds": one.milliseconds}
    told["completeness"] = one.completeness.error if one.completeness else None
    if one.sanity:
        last = one.sanity.stages[-1]
        told["sanity"] = {"verdict": one.sanity.verdict, "rank_correlation": last.rank, "ssim": last.ssim}
    if one.curve and result.random:
        told["curves"] = {
            "deletion_area": one.curve.deletion_area, "insertion_area": one.curve.insertion_area,
            "random_deletion_area": result.random.deletion_area, "random_insertion_area": result.random.insertion_area,
            "share": one.curve.share.tolist(), "deletion": one.curve.deletion.tolist(),
            "insertion": one.curve.insertion.tolist(),
        }  # fmt: skip
    return told


def _check(out: str, inputs: tuple[str, str]) -> None:
    """Before anybody works for it in vain."""
    from engines.core.outputs import check_file, media

    if out and not out.lower().endswith(".png"):
        raise UsageError(f"'{out}' is not the name of a PNG", hint="Let it end in .png")
    if out:
        check_file(out, media(out), inputs)


def _write(out: str, result: AttributeResult) -> None:
    """The picture at its own size under each map, side by side."""
    import cv2
    import numpy as np

    from engines.core.outputs import media, new_file
    from engines.core.pictures.reading import read_picture
    from engines.inspection.attribution.drawing import overlaid, placed_in

    picture = read_picture(result.spec.picture)
    placed = placed_in(result, picture)
    sheet = np.hstack([overlaid(picture, one, placed) for one in result.explained])
    with new_file(out, media(out), (result.spec.picture, result.spec.model.path)) as part:
        part.write_bytes(cv2.imencode(".png", sheet)[1].tobytes())


def _show(result: AttributeResult, out: str) -> None:
    """What is explained, then a row a method."""
    from rich import box
    from rich.table import Table

    told: Any = console.out()
    told.print(console.headline(result.target.words, f" = {result.target.value:.6g}"))
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("method", "sum off by", "shuffled", "deletion", "insertion", "ms"):
        table.add_column(name, justify="left" if name == "method" else "right", no_wrap=name != "method")
    for one in result.explained:
        table.add_row(*_row(one))
    if result.random:
        table.add_row("random order", "", "", *_areas(result.random), "")
    told.print(table)
    for note in result.said:
        told.print(note, soft_wrap=True)
    if out:
        told.print(f"Written to {out}", soft_wrap=True)


def _row(one: Explained) -> tuple[str, ...]:
    """shuffled: what becomes of the map when the weights are."""
    whole = f"{100 * one.completeness.error:.2g} %" if one.completeness else ""
    sane = f"{one.sanity.verdict} {one.sanity.stages[-1].rank:.2f}" if one.sanity else ""
    title = f"{one.title} ({one.layer})" if one.layer else one.title
    return title, whole, sane, *_areas(one.curve), f"{one.milliseconds:.0f}"


def _areas(curve: Any) -> tuple[str, str]:
    return (f"{curve.deletion_area:.4g}", f"{curve.insertion_area:.4g}") if curve else ("", "")
