"""`main.py faces verify | evaluate | open-set | audit`: what a similarity means and how good a recogniser is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.verbs import console
from workbench.verbs.faces.options import Answer, Flip, Images, Json, Looking, Model, plain, run_job

if TYPE_CHECKING:
    from engines.faces.study_types import Audit, Evaluation, OpenSet, Verified


def register(app: typer.Typer) -> None:
    """Add these commands to `faces`."""
    app.command(
        help=console.help_text(
            "Are these two pictures of one person? With several faces the best pair counts.",
            "python main.py faces verify a.jpg b.jpg",
            "python main.py faces verify a.jpg b.jpg --json",
        )
    )(verify)
    app.command(
        help=console.help_text(
            "Accuracy on a list of pairs, and true-accept rates over all pairs of a folder of people.",
            "python main.py faces evaluate --images lfw --pairs lfw/pairs.tsv",
            "python main.py faces evaluate --images people --flip --json",
        )
    )(evaluate)
    app.command(
        "open-set",
        help=console.help_text(
            "Enrol everybody with more pictures than --enrol; who has one picture is a stranger.",
            "python main.py faces open-set --images lfw --enrol 1",
            "python main.py faces open-set --images lfw --enrol 3 --choose best --json",
        ),
    )(open_set)
    app.command(
        help=console.help_text(
            "Pictures that may bear a wrong name, the most suspicious first, with the reason.",
            "python main.py faces audit family.faces",
            "python main.py faces audit photos/ --limit 20 --json",
        )
    )(audit)


def verify(
    a: Annotated[str, typer.Argument(help="A picture.", show_default=False)],
    b: Annotated[str, typer.Argument(help="Another.", show_default=False)],
    model: Model = "sface",
    search: Looking = "pyramid",
    json: Json = False,
) -> None:
    told = {"a": a, "b": b, "model": model, "search": search}
    run_job("evaluation.verify", told, json=json, render=_show_verified)


def evaluate(
    images: Images,
    pairs: Annotated[str, typer.Option(help="TSV with the columns fold, same, a, b.", show_default=False)] = "",
    model: Model = "sface",
    flip: Flip = False,
    search: Looking = "plain",
    json: Json = False,
) -> None:
    told = {"images": images, "pairs": pairs, "model": model, "flip": flip, "search": search}
    run_job("evaluation.job", told, json=json, render=_show_evaluation, as_json=evaluation_json)


def open_set(
    images: Images,
    enrol: Annotated[int, typer.Option(help="Pictures enrolled a person.")] = 1,
    choose: Annotated[str, typer.Option(help="Which: first in name order, or best by quality.")] = "first",
    model: Model = "sface",
    flip: Flip = False,
    search: Looking = "plain",
    json: Json = False,
) -> None:
    told = {"images": images, "enrol": enrol, "choose": choose, "model": model, "flip": flip, "search": search}
    run_job("evaluation.open_set", told, json=json, render=_show_open_set, as_json=open_set_json)


def audit(
    target: Annotated[str, typer.Argument(help="A gallery, or a folder of pictures.", show_default=False)],
    model: Model = "sface",
    limit: Annotated[int, typer.Option(help="At most so many suspicions.")] = 100,
    json: Json = False,
) -> None:
    told = {"target": target, "model": model, "limit": limit}
    run_job("evaluation.audit", told, json=json, render=_show_audit, as_json=audit_json)


def evaluation_json(result: Evaluation) -> Answer:
    """The object of `faces evaluate --json`; `missed` counts pictures without a face, which `missed_files` names."""
    asked = ("1e-2", "1e-3", "1e-4")
    told = plain(result)
    for key in ("tar", "tar_per_person"):
        told[f"{key}_all"] = told[key]
        told[key] = {far: told[key].get(far) for far in asked}
    told |= {"missed": len(result.missed), "missed_files": list(result.missed)}
    told["open_set"] = None if result.open_set is None else open_set_json(result.open_set)
    return told


def open_set_json(result: OpenSet) -> Answer:
    """The object of `faces open-set --json`: `chosen` says what thresholds from the gallery alone did."""
    told = plain(result)
    told["chosen"] = {
        rate: {
            "threshold": result.chosen_threshold.get(rate),
            "stated": [low, high],
            "named": named,
            "named_interval": list(result.chosen_measured.get(rate, (0.0, 1.0))),
        }
        for rate, (named, low, high) in result.chosen.items()
    }
    return told


def audit_json(result: Audit) -> Answer:
    """The object of `faces audit --json`; `missed` counts pictures without a face."""
    return plain(result) | {"missed": len(result.missed), "missed_files": list(result.missed)}


def _table(title: str, *columns: str) -> Any:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    for index, column in enumerate(columns):
        table.add_column(column, justify="right" if index else "left")
    return table


def _show_verified(result: Verified) -> None:
    from engines.faces.scores.words import alike_words

    words = {"same": "The same person", "different": "Different people", "not sure": "Not sure"}
    out = console.out()
    out.print(words[result.verdict])
    out.print(f"Similarity {result.similarity:.3f}: {alike_words(result.far)}")
    out.print(f"Probability of the same person {_percent(result.probability)}, if that was as likely as not beforehand")
    for line in result.advice:
        out.print(f"Note: {line}")


def _show_pictures(result: Evaluation | Audit) -> None:
    missed = f", {len(result.missed)} without a face" if result.missed else ""
    console.out().print(f"{result.images} pictures of {result.people} people{missed}")
    console.left_out(result.left_out)


def _show_evaluation(result: Evaluation) -> None:
    out = console.out()
    _show_pictures(result)
    if result.accuracy is not None and result.accuracy_mean is not None and result.accuracy_std is not None:
        told = f"{_percent(result.accuracy)}, 95 % {_interval(result.accuracy_interval)}"
        out.print(f"Balanced accuracy on {result.pairs} pairs, pooled: {told}")
        mean = f"{_percent(result.accuracy_mean)} ± {100 * result.accuracy_std:.2f}"
        out.print(f"Mean of the folds, as papers give it: {mean}")
    table = _table("True-accept rate over all pairs", "False accepts", "pairs", "95 %", "people alike", "95 %")
    for far, tar in result.tar.items():
        both = _interval(result.tar_interval.get(far)), _interval(result.tar_per_person_interval.get(far))
        table.add_row(far, _percent(tar), both[0], _percent(result.tar_per_person[far]), both[1])
    out.print(table)
    if result.open_set is not None:
        _show_open_set(result.open_set)


def _show_open_set(result: OpenSet) -> None:
    out = console.out()
    told = f"{result.people} people enrolled, {result.probes} pictures of them, {result.strangers} strangers"
    out.print(f"{told}: rank-1 {_percent(result.rank1)}")
    console.left_out(result.left_out)
    if not result.strangers:
        out.print("Nobody has one picture alone, so there is no stranger to measure with")
        return
    table = _table("Named right", "Strangers named", "threshold", "named right", "95 %")
    for rate, tpir in result.tpir.items():
        figures = f"{result.threshold[rate]:.3f}", _percent(tpir), _interval(result.tpir_interval.get(rate))
        table.add_row(f"{100 * float(rate):g} %", *figures)
    out.print(table)
    table = _table("Thresholds chosen from the gallery alone", "Asked", "threshold", "stated", "strangers named")
    for rate, (named, low, high) in result.chosen.items():
        at = f"{result.chosen_threshold[rate]:.3f}"
        table.add_row(f"{100 * float(rate):g} %", at, _interval((low, high)), _percent(named))
    out.print(table)
    if result.fixed is not None:
        out.print(f"The customary fixed threshold names {_percent(result.fixed)} of the strangers")


def _show_audit(result: Audit) -> None:
    out = console.out()
    _show_pictures(result)
    if not result.suspicions:
        out.print("Nothing suspicious")
        return
    table = _table("Most suspicious first", "picture", "score", "why")
    table.columns[2].justify = "left"
    for one in result.suspicions:
        table.add_row(one.image, f"{one.score:.1f}", one.reason)
    out.print(table)


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %" if share >= 1e-4 or share == 0 else f"{100 * share:.1e} %"


def _interval(ends: tuple[float, float] | None) -> str:
    return "" if ends is None else f"{100 * ends[0]:.2f} to {100 * ends[1]:.2f} %"
