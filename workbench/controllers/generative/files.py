"""Files of the diffusion studio: dropped ones, those chosen in a dialog, targets of exports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QWidget

from engines.core.errors import BadInput
from engines.core.pictures.files import DIALOG, READABLE
from engines.core.words import tr
from engines.generative.diffusion.types import SampleSpec
from engines.generative.runs import history
from widgets.generative.state import Mode
from widgets.kit.save_file import ask_file, ask_folder, ask_open

WEIGHTS = (".safetensors", ".pt", ".pth", ".ckpt", ".bin", ".pkl", ".pickle")
EXPORTS = {
    "grid": (tr("Export grid"), "grid.png", "PNG (*.png)"),
    "strip": (tr("Export film strip"), "strip.png", "PNG (*.png)"),
    "gif": (tr("Export GIF"), "steps.gif", "GIF (*.gif)"),
    "mp4": (tr("Export MP4"), "steps.mp4", "MP4 (*.mp4)"),
}


@dataclass(frozen=True, slots=True)
class Dropped:
    """Files as the studio takes them. settings: of a run; model: to open; picture: to start at; data: to train on."""

    settings: SampleSpec | None = None
    model: str = ""
    picture: str = ""
    data: str = ""
    name: str = ""


def understand(paths: Sequence[str], mode: Mode) -> Dropped:
    """The meaning of the first file or folder. Raises `BadInput` where it has none; reads the disk."""
    if not paths:
        raise BadInput(tr("Nothing was dropped that is a file"))
    path = Path(paths[0])
    if path.is_dir():
        return _folder(path, mode)
    suffix = path.suffix.lower()
    if suffix in WEIGHTS:
        return Dropped(model=str(path), name=path.name)
    if suffix not in READABLE:
        hint = tr("Drop a picture, a .safetensors file or a folder")
        raise BadInput(tr("This is neither a picture nor a model"), path=path, hint=hint)
    try:
        return Dropped(settings=history.read_settings(path), name=path.name)
    except BadInput:
        return Dropped(picture=str(path), name=path.name)


def _folder(path: Path, mode: Mode) -> Dropped:
    if (path / history.FILE).is_file():
        return Dropped(settings=history.read_run(path).spec, name=path.name)
    if (path / "model_index.json").is_file() or (path / "config.json").is_file():
        return Dropped(model=str(path), name=path.name)
    if not any(entry.suffix.lower() in READABLE for entry in path.rglob("*")):
        hint = tr("Drop a folder of pictures, a run's folder, or a diffusers folder with its model_index.json")
        raise BadInput(tr("The folder holds neither pictures nor a model"), path=path, hint=hint)
    if mode is Mode.TRAIN:
        return Dropped(data=str(path), name=path.name)
    return Dropped(model=f"analytic:images:{path}", name=path.name)


class Dialogs:
    """Questions to the user; every answer is "" when there is none."""

    def __init__(self, window: QWidget) -> None:
        self._window = window

    def model_file(self) -> str:
        return ask_open(self._window, tr("Open model"), "diffusion model", tr("Weights (*.safetensors)"))

    def model_folder(self) -> str:
        return ask_folder(self._window, tr("Open a diffusers folder"), "diffusion model")

    def data_folder(self) -> str:
        return ask_folder(self._window, tr("Folder of pictures to learn from"), "training data")

    def picture(self, title: str) -> str:
        return ask_open(self._window, title, "picture", DIALOG)

    def settings_picture(self) -> str:
        """A picture that carries the settings it was sampled with."""
        return ask_open(self._window, tr("Use settings of a picture"), "sampled", "PNG (*.png)")

    def export_target(self, kind: str, name: str) -> str:
        """The file to write a run to, with the suffix of its kind."""
        title, file, kinds = EXPORTS[kind]
        return ask_file(self._window, title, "sampled", kinds, f"{name} {file}")
