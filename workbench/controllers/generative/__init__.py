"""Joins the diffusion panel and the studio to jobs, runs and files."""

from __future__ import annotations

from engines.core.words import tr
from workbench.features import Command, DockSpec, Example, Feature, Preset
from workbench.work.resuming import Resumable

COMMANDS = (
    Command("diffusion.sample", tr("Sample"), tr("Diffusion"), tr("Draw samples with the settings of the panel; while one runs, the next waits"), "Ctrl+G", "sample", run=lambda it: it.sample(), enabled=lambda it: it.can_sample, needs=tr("Needs a model that is ready"), also=tr("generate draw digits")),
    Command("diffusion.compare", tr("Compare settings"), tr("Diffusion"), tr("One setting against another, as a grid"), "", "grid-3", run=lambda it: it.show_form("compare")),
    Command("diffusion.train", tr("Train a network"), tr("Diffusion"), tr("A small network of your own, or go on with one"), "", "chart", run=lambda it: it.show_form("train")),
    Command("diffusion.flow", tr("Show flow"), tr("Diffusion"), tr("Particles of a 2-D model on their way from noise to data"), "", "play", 1, run=lambda it: it.show_flow()),
    Command("diffusion.curves", tr("Error curves"), tr("Diffusion"), tr("Error against evaluations where the truth is known"), "", "chart", 1, run=lambda it: it.measure_curves()),
    Command("diffusion.cancel", tr("Cancel run"), tr("Diffusion"), tr("Cancel the run under way; those that wait go on"), "Ctrl+Shift+G", "cancel", 2, idle=False, run=lambda it: it.cancel(), enabled=lambda it: it.view.is_busy, needs=tr("No run is under way")),
    Command("diffusion.open-file", tr("Open model file…"), tr("Diffusion"), tr("A .safetensors file with its card"), "", "open", 3, run=lambda it: it.open_file()),
    Command("diffusion.open-folder", tr("Open model folder…"), tr("Diffusion"), tr("A folder written by diffusers"), "", "folder", 3, run=lambda it: it.open_folder()),
    Command("diffusion.use-settings", tr("Use settings of a picture…"), tr("Diffusion"), tr("Every setting comes back from a PNG that was sampled here"), "", "load", 3, run=lambda it: it.take([it.dialogs.settings_picture()])),
    Command("diffusion.copy-command", tr("Copy as command"), tr("Diffusion"), tr("The command line that gives the same result"), "", "copy", 3, run=lambda it: it.copy(it.command()), enabled=lambda it: it.can_sample, needs=tr("Needs a model that is ready")),
    Command("diffusion.export-grid", tr("Export grid…"), tr("Diffusion"), tr("All samples of the run in one PNG"), "", "export", 4, run=lambda it: it.samples.export("grid", it.samples.gallery.shown), enabled=lambda it: it.is_stored, needs=tr("Needs a finished run")),
    Command("diffusion.export-strip", tr("Export film strip…"), tr("Diffusion"), tr("A row a sample, a column a step, as PNG"), "", "export", 4, run=lambda it: it.samples.export("strip", it.samples.gallery.shown), enabled=lambda it: it.is_stored, needs=tr("Needs a finished run")),
    Command("diffusion.export-gif", tr("Export GIF…"), tr("Diffusion"), tr("The steps as a GIF"), "", "export", 4, run=lambda it: it.samples.export("gif", it.samples.gallery.shown), enabled=lambda it: it.is_stored, needs=tr("Needs a finished run")),
    Command("diffusion.export-mp4", tr("Export MP4…"), tr("Diffusion"), tr("The steps as a film"), "", "export", 4, run=lambda it: it.samples.export("mp4", it.samples.gallery.shown), enabled=lambda it: it.is_stored, needs=tr("Needs a finished run")),
    Command("diffusion.reveal", tr("Reveal run"), tr("Diffusion"), tr("Open the run's folder in the file manager"), "", "reveal", 4, run=lambda it: it.samples.reveal(it.samples.gallery.shown), enabled=lambda it: it.is_stored, needs=tr("Needs a finished run")),
)  # fmt: skip
FEATURE = Feature(
    "diffusion",
    tr("Diffusion"),
    "workbench.controllers.generative.controller:make",
    pages="widgets.generative.studio.pages:TITLES",
    docks=(DockSpec("diffusion", tr("Diffusion"), "right", 400, 40),),
    preset=Preset(
        "diffusion",
        tr("Diffusion"),
        tr("The diffusion studio and its settings"),
        "diffusion",
        {"diffusion": 400, "jobs": 150, "log": 0},
        centre="diffusion",
    ),
    drops=("board",),
    jobs=("engines.generative.",),
    resumes={
        "engines.generative.training.job:run": Resumable(
            spec="engines.generative.training.types:TrainSpec",
            checkpoint="engines.generative.training.types:checkpoint_path",
            standing="engines.generative.training.types:standing_of",
            line="workbench.controllers.generative.command:train_line",
        )
    },
    unsaid=("engines.generative.runs.exporting:", "engines.generative.diffusion.studies.attention:"),
    tour="workbench.tour.generative",
    benchmarks={
        "diffusion-error": "Error of samplers against the exact path, published methods beside ours",
        "diffusion-overhead": "What a sampler costs a step beyond the network, beside diffusers and k-diffusion",
        "diffusion-quality": "Samples of the shipped networks: named rightly, distance to held-out digits",
    },
    example=Example(
        tr("Sample pictures"),
        tr("Ten handwritten digits form out of noise, one of each class. Scrub through every step."),
        "workbench.controllers.generative.example:begin",
    ),
    samples=("mnist-5k", "chelsea", "coffee", "rocket"),
    model_in_use=lambda it: it.in_use,
    attends={"mnist-dit": tr("MNIST, DiT"), "mnist-unet": tr("MNIST, U-Net")},
    attention_job="engines.generative.diffusion.studies.attention:run",
    commands=COMMANDS,
)
