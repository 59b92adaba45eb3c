"""Words of trainings: what is trained, how far it is, what came of it and what that was measured on."""

from __future__ import annotations

from dataclasses import replace

from engines.actions.study_types import TrainProgress, TrainResult, TrainSpec
from engines.actions.types import STREAMS, ModelCard
from engines.core.words import as_sentence, tr, tr_count
from widgets.actions.state import TrainView
from widgets.charts.axes import figure, percent
from widgets.charts.big_figures import UNKNOWN
from widgets.kit.results import Stat
from widgets.kit.words import DOT, file_name, seconds_words
from widgets.kit.work_state import Busy

HEADS = {
    "trn": "TRN",
    "idn": "IDN",
    "miniroad": "MiniROAD",
    "gru": "GRU",
    "lstm": "LSTM",
    "frame": tr("one chunk at a time"),
}
FEATURES = {
    "appearance": tr("appearance and motion"),
    "pose": tr("body pose"),
    "both": tr("appearance, motion and body pose"),
}
PHASES = {"features": tr("Describing frames"), "training": tr("Training"), "saving": tr("Saving the model")}
MAP_TIP = tr("Mean average precision: over all frames, for each action, and their mean. 100 % ranks every frame right.")


def holds_out(view: TrainView) -> bool:
    """Whether anything is kept for measuring. Once it is over, what was measured says so, not the form."""
    progress, spec = view.progress, view.spec
    measured = progress is not None and bool(progress.map or progress.held_loss)
    return measured or (view.busy is not None and bool(spec.held_out > 0 or spec.folder))


def title_words(view: TrainView) -> str:
    """The training that runs or ran: the form may say something else by now."""
    done = view.result is not None and view.busy is None
    return card_words(view.result.card) if done and view.result is not None else head_words(view.spec)


def card_words(card: ModelCard) -> str:
    """'TRN on appearance and motion'."""
    head = HEADS.get(card.shape.kind, card.shape.kind)
    kind = next((kind for kind, streams in STREAMS.items() if streams == card.recipe.streams), "")
    features = FEATURES.get(kind, tr("{of} features", of=card.recipe.of) if card.recipe.of else tr("feature files"))
    return tr("{head} on {features}", head=head, features=features)


def head_words(spec: TrainSpec) -> str:
    """The same of a form, or the benchmark's name with its settings."""
    head = HEADS.get(spec.model, spec.model)
    if spec.folder:
        settings = tr(", settings of {settings}", settings=spec.settings) if spec.settings else ""
        return tr(
            "{network} on {folder}{settings}",
            network=HEADS.get(spec.settings, head),
            folder=file_name(spec.folder),
            settings=settings,
        )
    return tr("{head} on {features}", head=head, features=FEATURES.get(spec.features, spec.features))


def phase_words(progress: TrainProgress | None, busy: Busy) -> str:
    """'Describing exercise.avi, 120 of 371', 'Iteration 120 of 300', 'Saving the model'."""
    phase = progress.phase if progress is not None else "features"
    if progress is not None and phase == "training":
        return tr(
            "Iteration {iteration:,} of {iterations:,}", iteration=progress.iteration, iterations=progress.iterations
        )
    own = busy.note if not busy.note.startswith(PHASES["training"]) else ""
    words = own or PHASES.get(phase, phase)
    return (
        tr("{words}, {done:,.0f} of {total:,.0f}", words=words, done=busy.done, total=busy.total)
        if own and busy.total > 1
        else words
    )


def phase_of(busy: Busy | None, progress: TrainProgress | None) -> Busy | None:
    """The work under way with its phase in words; while it waits for its turn, as it is."""
    if busy is None or busy.waiting or busy.cancelling:
        return busy
    return replace(busy, note=phase_words(progress, busy))


def state_words(view: TrainView) -> str:
    """One line on how the training stands."""
    progress = view.progress
    if view.busy is not None:
        return _under_way(progress)
    if view.result is not None:
        return ""
    if progress is not None:
        done, whole = progress.iteration, progress.iterations
        return tr("Cancelled at iteration {n:,} of {all:,}; no model was saved", n=done, all=whole)
    return ""


def _under_way(progress: TrainProgress | None) -> str:
    """'Loss 0.213 · held-out mAP 93.1 %, best 94.0 % at iteration 120'."""
    if progress is None:
        return ""
    parts = [tr("resumed at iteration {n:,}", n=progress.resumed)] if progress.resumed else []
    parts += [tr("loss {loss}", loss=figure(progress.loss[-1][1]))] if progress.loss else []
    if progress.map:
        best = best_of(progress)
        many = sum(value is not None for value in progress.ap.values())
        told = {"map": percent(progress.map[-1][1], 1)}
        held = (
            tr_count(many, "held-out mAP of {n} action {map}", "held-out mAP of {n:,} actions {map}", **told)
            if many
            else tr("held-out mAP {map}", **told)
        )
        if best:
            held = tr("{map}, best {best} at iteration {n:,}", map=held, best=percent(best[1], 1), n=best[0])
        parts.append(held)
    words = DOT.join(parts)
    return as_sentence(words)


def best_of(progress: TrainProgress) -> tuple[int, float] | None:
    """Iteration and mAP of the best so far."""
    found = next((pair for pair in progress.map if pair[0] == progress.best), None)
    return found or max(progress.map, key=lambda pair: pair[1], default=None)


def result_title(result: TrainResult) -> str:
    if result.card.cut_off:
        return tr("{name} is kept, cut off at iteration {n:,}", name=result.card.name, n=result.card.cut_off)
    return tr("{card} is trained", card=result.card.name)


def measured_words(result: TrainResult, spec: TrainSpec) -> str:
    """Frames that the precision was measured on, or that it was not measured."""
    if result.map is None:
        return tr("Nothing was held out, so its precision is not measured. Evaluate it on frames it has not seen.")
    if result.tested is not None:
        return tr_count(
            result.tested.frames,
            "Measured on the test films of {folder}: {n} chunk.",
            "Measured on the test films of {folder}: {n:,} chunks.",
            folder=file_name(spec.folder),
        )
    share = (
        tr("the last {held_out} of the labelled frames", held_out=percent(spec.held_out, 0))
        if spec.held_out
        else "frames"
    )
    return tr("Measured on {share}, which it has not learned from.", share=share)


def result_stats(result: TrainResult) -> tuple[Stat, ...]:
    """The large ones: precision, iterations, time, parameters."""
    cut, early, many = result.card.cut_off, result.stopped_early, result.card.parameters
    stop = tr("The held-out part no longer got better") if early else tr("All iterations were made")
    stop = tr("The training was cut off there") if cut else stop
    told = tr("Iterations, cut off") if cut else tr("Iterations, stopped early") if early else tr("Iterations")
    seconds, unit = seconds_words(result.seconds).rsplit(" ", 1)
    return (
        _precision(result),
        Stat(told, f"{result.iterations:,}", "", "", stop),
        Stat(tr("Training"), seconds, unit, "", features_words(result)),
        *([Stat(tr("Parameters"), *_millions(many), "", tr("Numbers that were learned"))] if many else []),
    )


def _precision(result: TrainResult) -> Stat:
    if result.map is None:
        return Stat("mAP", UNKNOWN, "", "", MAP_TIP)
    where = tr("test films") if result.tested is not None else tr("held out")
    averaged = result.card.averaged
    label = (
        tr_count(averaged, "mAP of {n} action, {where}", "mAP of {n:,} actions, {where}", where=where)
        if averaged
        else tr("mAP, {where}", where=where)
    )
    return Stat(label, percent(result.map, 1).removesuffix(" %"), "%", "", MAP_TIP)


def features_words(result: TrainResult) -> str:
    """Seconds that describing the frames took beside the training."""
    if result.feature_seconds < 0.05:
        return tr("Frames were described before")
    return tr("and {seconds_words} for describing frames", seconds_words=seconds_words(result.feature_seconds))


def file_words(result: TrainResult) -> str:
    """'lunges.safetensors · 6 actions · 10 decisions a second, looks 2 s ahead · learned from ex-1.avi'."""
    card = result.card
    parts = [
        file_name(result.file),
        tr_count(max(len(card.classes) - 1, 0), "{n} action", "{n:,} actions"),
        chunk_words(card),
    ]
    if card.trained_on:
        parts.append(tr("learned from {trained_on}", trained_on=card.trained_on))
    return DOT.join(parts)


def chunk_words(card: ModelCard) -> str:
    ahead = tr(", looks {horizons} s ahead", horizons=figure(max(card.horizons))) if card.horizons else ""
    return tr("{rate} decisions a second{ahead}", rate=figure(card.recipe.rate), ahead=ahead)


def _millions(value: int) -> tuple[str, str]:
    """'1.2' 'million', '820' ''."""
    if value >= 1_000_000:
        return f"{value / 1e6:.3g}", tr("million")
    return f"{value:,}", ""
