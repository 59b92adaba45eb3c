"""Every reader of files from outside, driven as the product drives it, with a valid file of its kind to begin from."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engines.actions.features import cache
from engines.actions.labels.files import read_labels, write_labels
from engines.actions.labels.score_files import Scores, read_scores, write_scores
from engines.actions.models import files as model_files
from engines.actions.training.benchmarks import _load as read_benchmark_array
from engines.actions.types import HeadShape, Labels, ModelCard, Recipe, Segment
from engines.calibration.formats import files as formats
from engines.calibration.types import MonoResult, ViewResult
from engines.cameras.sources import parsing as sources
from engines.core.boards import Board
from engines.core.errors import BadInput
from engines.core.frames import Size
from engines.core.lenses import Intrinsics
from engines.core.training.checkpoints import read_checkpoint, write_checkpoint
from engines.faces.evaluation.pair_list import read_pairs
from engines.faces.gallery.editing import Gallery
from engines.faces.gaze import screen_model as gaze_screen_model
from engines.faces.recognition.recognisers import open_recogniser
from engines.generative.diffusion.models import cards, checkpoints, diffusers_config
from engines.generative.diffusion.types import ModelInfo, SampleResult, SampleSpec
from engines.generative.runs import history, png
from engines.generative.runs.steps_file import Steps, StepsWriter
from tests.engines.faces.gallery.galleries import filled
from tests.engines.generative.diffusion.tiny import write_tiny
from workbench.project import settings
from workbench.project.file import Project
from workbench.work.job_store import JobStore

PASSPHRASE = "secret"
LABELS = Labels(
    (Segment(0, 3, "walk"), Segment(2, 9, "wave", "hand"), Segment(5, 6, "sit")), ("walk", "wave", "sit"), 25
)
TIMES = np.arange(50) / 25.0
SPEC = SampleSpec("analytic:digits", steps=2, seeds=(4, 5))


@dataclass(frozen=True, slots=True)
class Reader:
    """file: what is made and read, in a folder of its own. writes: reading may change it (SQLite's journal, a settings
    file that is put aside).
    """

    file: str
    make: Callable[[Path], object]
    read: Callable[[Path], object]
    writes: bool = False


def _made_calibration(path: Path) -> None:
    views = (
        ViewResult(
            "a.png", "/a.png", True, True, 0.1, 0.2, (0, 1), ((1, 2), (3, 4)), ((1, 2), (3, 4)), (0, 0, 1), (0, 0, 1)
        ),
    )
    std = {"fx": 0.3, "fy": 0.3, "cx": 0.3, "cy": 0.4}
    camera, board = Intrinsics(534.3, 536.1, 326.7, 244.9), Board.parse("chessboard:9x6:25mm")
    lens = (-0.28, 0.07, 0.001, -0.0005, -0.01)
    result = MonoResult(
        "brown5", Size(640, 480), camera, std, lens, (0.1,) * 5, 0.1, 0.12, views, "good", ("so",), 1.2, board
    )
    formats.save(result, path)


def _made_old_calibration(path: Path) -> None:
    numbers = "<rows>{0}</rows><cols>{1}</cols><dt>d</dt><data>{2}</data>"
    camera, lens = numbers.format(3, 3, "500. 0. 320. 0. 500. 240. 0. 0. 1."), numbers.format(5, 1, ".1 .2 0. 0. .3")
    path.write_text(
        '<?xml version="1.0"?>\n<opencv_storage>\n<image_Width>640</image_Width><image_Height>480</image_Height>'
        f'<Camera_Matrix type_id="opencv-matrix">{camera}</Camera_Matrix>'
        f'<Distortion_Coefficients type_id="opencv-matrix">{lens}</Distortion_Coefficients></opencv_storage>'
    )


def _made_labels(path: Path) -> None:
    write_labels(path, LABELS, TIMES, video="clip.mp4")


def _made_export(path: Path) -> None:
    path.write_text(
        "# Exported using VGG Image Annotator (http://www.robots.ox.ac.uk/~vgg/software/via)\n"
        '# ATTRIBUTE = {"1":{"aname":"A","anchor_id":"FILE1_Z2_XY0","type":4,"options":{"0":"wave"}}}\n'
        "# CSV_HEADER = metadata_id,file_list,flags,temporal_coordinates,spatial_coordinates,metadata\n"
        '"1_a","[""a.mp4""]",0,"[1,2]","[]","{""1"":""0""}"\n'
    )


def _made_scores(path: Path) -> None:
    write_scores(path, Scores(("background", "walk"), np.arange(9), np.arange(9) / 25, np.full((9, 2), 0.5)))


def _made_model(path: Path) -> None:
    shape = HeadShape(kind="gru", inputs=(3, 2), classes=2, features=4, hidden=4, future_steps=2, window=9, norm=False)
    recipe = Recipe(("appearance", "motion"), (3, 2), 7.5, "centre", 192, Size(64, 48), (("net", "ab12"),), "", 3)
    card = ModelCard("waves", ("background", "walk"), shape, recipe, horizons=(0.5, 1.0))
    model_files.save_model(path, card, {"f.bias": np.ones(3)}, np.zeros(5), np.ones(5))


def _read_network(path: Path) -> None:
    weights = path.with_suffix(".safetensors")
    card = cards.read_card(weights)
    cards.card_info(card, weights, "file")
    checkpoints.load_network(weights, card)


def _made_checkpoint(path: Path) -> None:
    import torch

    write_checkpoint(path, {"a": torch.ones(3)}, {"step": 3, "spec": {"steps": 5}})


def _made_pipeline(path: Path) -> None:
    from safetensors.numpy import save_file

    parts = {
        "model_index.json": {"_class_name": "DDPMPipeline", "unet": ["diffusers", "UNet2DModel"]},
        "scheduler/scheduler_config.json": {"num_train_timesteps": 50, "beta_schedule": "linear", "beta_start": 1e-4},
        "unet/config.json": {"sample_size": 8, "in_channels": 3, "block_out_channels": [8, 16]},
    }
    for name, value in parts.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(json.dumps(value))
    save_file({"w": np.ones((2, 3), np.float32)}, path / "unet" / "diffusion_pytorch_model.safetensors")


def _made_recogniser(path: Path) -> None:
    import onnx
    from onnx import TensorProto, helper

    nodes = [
        helper.make_node("ReduceMean", ["x"], ["m"], axes=[2], keepdims=0),
        helper.make_node("Flatten", ["m"], ["y"]),
    ]
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, 112, 112])
    graph = helper.make_graph(nodes, "g", [given], [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)])
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path.with_suffix(".onnx")
    )
    card = {"title": "Mine", "mean": [1, 2, 3], "std": 5, "order": "bgr", "lengths": [0, 5], "licence": "MIT"}
    path.write_text(json.dumps(card))


def _read_arrays(path: Path) -> None:
    try:
        read_benchmark_array(path)
    except BadInput:
        cache.read(path)
        raise


def _made_features(path: Path) -> None:
    cache.write(path, cache.Extracted(np.ones((4, 3), np.float32), np.arange(4.0), np.arange(4), np.zeros(4, bool)))


def _made_run(path: Path) -> None:
    info = ModelInfo("analytic:digits", "Digits", "analytic", (1, 8, 8))
    result = SampleResult(str(path.parent), ("0000.png",), 0.1, 2, (80.0, 0.0), 1, (4, 5))
    history.write_run(path.parent, SPEC, result, info)


def _made_steps(path: Path) -> None:
    with StepsWriter(path, (80.0, 1.0, 0.0), 2, (2,)) as writer:
        for step in range(3):
            writer.add(step, 0, np.ones((2, 2), np.float32), np.zeros((2, 2), np.float32))


def _read_steps(path: Path) -> None:
    steps = Steps(path)
    try:
        for step in range(len(steps)):
            steps.y(step), steps.denoised(step)
    finally:
        steps.close()


def _made_gaze(path: Path) -> None:
    zeros = np.zeros
    gaze_screen_model.ScreenModel(
        (1920, 1080), (520, 290), 600, zeros(10), zeros((15, 2)), 10, zeros((15, 4)), zeros((5, 4))
    ).save(path)


def _made_pairs(path: Path) -> None:
    lines = ["fold\tsame\ta\tb", *(f"{row % 3}\t{row % 2}\ta{row}.png\tb{row}.png" for row in range(9))]
    path.write_text("\n".join(lines) + "\n")


def _made_gallery(path: Path) -> None:
    filled(path, 2, 2).close()


def _made_sealed(path: Path) -> None:
    filled(path, 2, 2, PASSPHRASE).close()


def _read_gallery(path: Path) -> None:
    with Gallery.open(path, passphrase=PASSPHRASE if path.name.startswith("e") else None) as gallery:
        gallery.info()
        for person in gallery.people():
            for face in gallery.faces(person.id):
                gallery.thumbnail(face.id)
        gallery.table()
        gallery.history()


def _made_project(path: Path) -> None:
    project = Project(path)
    for number in range(4):
        project.put("source", str(number), {"kind": "file", "path": f"{number}.mp4", "size": [1, 2]})
        project.put("state", str(number), {"open": True, "zoom": 1.5})
    project.close()


def _read_project(path: Path) -> None:
    project = Project(path)
    try:
        for kind in ("source", "tile", "calibration", "state"):
            project.items(kind)
    finally:
        project.close()


def _made_jobs(path: Path) -> None:
    store = JobStore(path)
    for number in range(4):
        record = store.insert("a:b", f"Job {number}", "python main.py", {"n": number})
        store.update(record, json.dumps({"value": number}))
    store.close()


def _read_jobs(path: Path) -> None:
    store = JobStore(path)
    try:
        for record in store.records():
            store.result(record.id)
    finally:
        store.close()


def _made_source(path: Path) -> None:
    path.write_text(json.dumps({"kind": "file", "path": "a.mp4", "speed": 2.0, "loop": True}))


def _made_settings(path: Path) -> None:
    settings.save(path, settings.Settings())


def _labels(path: Path) -> object:
    return read_labels(path, TIMES)


READERS = {
    "calib_json": Reader("a.json", _made_calibration, formats.load),
    "calib_yaml": Reader("a.yaml", _made_calibration, formats.load),
    "calib_xml": Reader("a.xml", _made_old_calibration, formats.load),
    "labels_csv": Reader("l.csv", _made_labels, _labels),
    "labels_json": Reader("l.json", _made_labels, _labels),
    "labels_elan": Reader("l.eaf", _made_labels, _labels),
    "labels_via": Reader("l.via.json", _made_labels, _labels),
    "labels_via_csv": Reader("via.csv", _made_export, _labels),
    "labels_anet": Reader("l.activitynet.json", _made_labels, _labels),
    "scores": Reader("scores.csv", _made_scores, read_scores),
    "act_model": Reader("m.safetensors", _made_model, model_files.open_model),
    "diff_card": Reader("digits-unet.json", lambda path: write_tiny(path.parent, path.stem), _read_network),
    "checkpoint": Reader("a.checkpoint", _made_checkpoint, read_checkpoint),
    "diffusers": Reader("ddpm", _made_pipeline, diffusers_config.read_folder),
    "onnx_card": Reader("rec.json", _made_recogniser, lambda path: open_recogniser(path.with_suffix(".onnx"))),
    "pairs": Reader("pairs.tsv", _made_pairs, read_pairs),
    "npy": Reader("pts.npy", lambda path: np.save(path, np.ones((5, 2))), _read_arrays),
    "features": Reader("f.npz", _made_features, cache.read),
    "run_json": Reader("run.json", _made_run, lambda path: history.read_run(path.parent)),
    "steps": Reader("steps.npz", _made_steps, _read_steps),
    "png": Reader("0000.png", lambda path: png.write_png(path, np.ones((8, 8), np.uint8), png.settings_texts(SPEC, 1)),
                  png.read_settings_of),
    "gaze": Reader("g.json", _made_gaze, gaze_screen_model.ScreenModel.load),
    "source": Reader("s.json", _made_source, sources.source_from),
    "settings": Reader("settings.json", _made_settings, settings.load, writes=True),
    "kino": Reader("a.kino", _made_project, _read_project, writes=True),
    "jobs": Reader("jobs.sqlite", _made_jobs, _read_jobs, writes=True),
    "gallery": Reader("g.faces", _made_gallery, _read_gallery, writes=True),
    "gallery_enc": Reader("e.faces", _made_sealed, _read_gallery, writes=True),
}  # fmt: skip
