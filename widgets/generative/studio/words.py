"""Runs and their settings in words, for captions, cards and tooltips of the studio."""

from __future__ import annotations

import time

from engines.core.words import tr, tr_count
from engines.generative.diffusion.types import SampleSpec
from widgets.generative.panel.words import sampler_title, schedule_title
from widgets.generative.state import DiffusionView, Run, RunState
from widgets.kit.words import DOT, seconds_words

STATES = {
    RunState.QUEUED: (tr("Waiting"), "waiting", "muted"),
    RunState.RUNNING: (tr("Running"), "busy", "accent"),
    RunState.FAILED: (tr("Failed"), "bad", "bad"),
    RunState.CANCELLED: (tr("Cancelled"), "cancelled", "warn"),
    RunState.DONE: ("", "", ""),
}
"""Word, icon and colour of the states that need saying."""


def sampler_words(spec: SampleSpec) -> str:
    title = sampler_title(spec.sampler)
    return tr("{title}, teleport", title=title) if spec.teleport else title


def seeds_words(spec: SampleSpec) -> str:
    """'seed 4', 'seeds 0 to 15', '3 seeds'."""
    seeds = spec.seeds
    if len(seeds) == 1:
        return tr("seed {seeds}", seeds=seeds[0])
    if seeds and seeds == tuple(range(seeds[0], seeds[0] + len(seeds))):
        return tr("seeds {first} to {last}", first=seeds[0], last=seeds[-1])
    return tr_count(len(seeds), "{n} seed", "{n:,} seeds")


def samples_words(spec: SampleSpec) -> str:
    """'seed 4', '16 samples'."""
    return (
        tr("seed {seeds}", seeds=spec.seeds[0])
        if len(spec.seeds) == 1
        else tr_count(len(spec.seeds), "{n} sample", "{n:,} samples")
    )


def class_of(view: DiffusionView, spec: SampleSpec, index: int) -> str:
    """Name of the class of a sample, "" where there is none; the model's names where it is the one that is chosen."""
    if not spec.classes:
        return ""
    label = spec.classes[index % len(spec.classes)]
    model = next((info for info in view.models if info.name == spec.model), view.model)
    names = model.classes if model is not None and model.name == spec.model else ()
    if label >= len(names) > 0:
        return tr("no class")
    return tr("class {names}", names=names[label]) if 0 <= label < len(names) else tr("class {label}", label=label)


def sample_name(view: DiffusionView, spec: SampleSpec, index: int) -> str:
    """'3 of 16 · seed 2 · class 7'."""
    seed = tr("seed {seeds}", seeds=spec.seeds[index]) if index < len(spec.seeds) else ""
    return DOT.join(
        part
        for part in (
            tr("{index} of {count}", index=index + 1, count=len(spec.seeds)),
            seed,
            class_of(view, spec, index),
        )
        if part
    )


def settings_words(spec: SampleSpec) -> str:
    """'DPM-Solver++ 2M · 20 steps · Karras · guidance 2'."""
    parts = [sampler_words(spec), tr_count(spec.steps, "{n} step", "{n:,} steps"), schedule_title(spec.schedule.name)]
    if spec.guidance.weight != 1:
        parts.append(tr("guidance {weight:g}", weight=spec.guidance.weight))
    if spec.start is not None:
        parts.append({"image": "from a picture", "inpaint": "inpainted", "invert": "reconstructed"}
                     .get(spec.start.kind, tr("between seeds")))  # fmt: skip
    return DOT.join(parts)


def cost_words(run: Run) -> str:
    """'20 evaluations · 1.3 s · 16 samples'."""
    if run.result is None:
        return ""
    return DOT.join(
        (tr_count(run.result.nfe, "{n} evaluation", "{n:,} evaluations"), seconds_words(run.result.seconds))
    )


def when_words(when: float) -> str:
    """'14:05' today, '3 Nov 14:05' before."""
    if not when:
        return ""
    then, now = time.localtime(when), time.localtime()
    clock = time.strftime("%H:%M", then)
    return clock if then[:3] == now[:3] else f"{then.tm_mday} {time.strftime('%b', then)} {clock}"


def run_tip(run: Run) -> str:
    """Everything that matters of a run, line by line."""
    state = STATES[run.state][0]
    notes = run.result.notes if run.result is not None else ()
    lines = (
        run.title,
        settings_words(run.spec),
        seeds_words(run.spec),
        cost_words(run),
        when_words(run.when),
        state,
        run.note,
    )
    return "\n".join(line for line in (*lines, *notes) if line)
