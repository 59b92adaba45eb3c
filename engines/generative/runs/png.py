"""PNG files that carry the settings they were made with, as text chunks that other programs read too.

Two chunks follow the image header: "kinoscope", a JSON object {"spec", "sample"}, and "parameters", one line in the
form that most sampling programs write and show. Torch is not imported.
"""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.core.errors import BadInput, KinoscopeError
from engines.core.files import atomic_path
from engines.core.names import shown
from engines.core.pictures.reading import read_picture
from engines.core.reading import MISFITS, parse_json
from engines.core.spec import from_json, to_json
from engines.core.words import tr
from engines.generative.diffusion.types import SampleSpec
from engines.generative.runs import png_texts

KEY = "kinoscope"
OTHERS = "parameters"
NONE = tr(
    "Drop a PNG that was sampled here; a picture that was edited or sent through a messenger has lost its settings"
)


def write_png(path: Path, image: NDArray[np.uint8], texts: dict[str, str] | None = None) -> None:
    """Write (H, W) grey or (H, W, 3) RGB, whole or not at all, with text chunks by their keywords."""
    bgr = image if image.ndim == 2 else np.ascontiguousarray(image[..., ::-1])
    done, encoded = cv2.imencode(".png", bgr)
    if not done:
        raise BadInput(tr("A picture of shape {shape} cannot be written as PNG", shape=image.shape), path=path)
    data = encoded.tobytes()
    after_header = len(png_texts.SIGNATURE) + 12 + struct.unpack(">I", data[8:12])[0]
    chunks = b"".join(png_texts.chunk(key, text) for key, text in (texts or {}).items())
    with atomic_path(path) as part:
        part.write_bytes(data[:after_header] + chunks + data[after_header:])


def read_image(path: Path) -> NDArray[np.uint8]:
    """The pixels of a picture file, upright: (H, W) grey or (H, W, 3) RGB. Raises `FileMissing` and `BadInput`."""
    image = read_picture(path, colours="stored")
    return image if image.ndim == 2 else np.ascontiguousarray(image[..., ::-1])


def settings_texts(spec: SampleSpec, sample: int) -> dict[str, str]:
    """The two text chunks of one sample of a run."""
    plain = replace(spec, out="")
    return {
        KEY: json.dumps({"spec": to_json(plain), "sample": sample}),
        OTHERS: shown(parameters_line(spec, sample)),
    }


def read_settings(path: str | Path) -> SampleSpec:
    """The specification of the run that a PNG came from. Raises `BadInput` where it carries none."""
    return read_settings_of(path)[0]


def read_settings_of(path: str | Path) -> tuple[SampleSpec, int]:
    """The run's specification, and which of its samples the PNG shows."""
    text = read_texts(Path(path)).get(KEY)
    if text is None:
        raise BadInput(tr("The picture carries no settings"), path=path, hint=NONE)
    try:
        found = parse_json(text)
        return from_json(SampleSpec, found["spec"]), int(found["sample"])
    except (KinoscopeError, *MISFITS) as error:
        message = error.message if isinstance(error, KinoscopeError) else tr("they are not readable")
        raise BadInput(
            tr("The settings in the picture make no sense: {message}", message=message), path=path, hint=NONE
        ) from error


def read_texts(path: Path) -> dict[str, str]:
    """The texts of a PNG, by keyword; of compressed ones only ours. Raises `FileMissing`, `BadInput` for no PNG."""
    return png_texts.read(path, (KEY, OTHERS), NONE)


def parameters_line(spec: SampleSpec, sample: int) -> str:
    """The settings as other programs write them."""
    wanted: dict[str, Any] = {
        "Steps": spec.steps, "Sampler": spec.sampler, "Schedule type": spec.schedule.name,
        "CFG scale": spec.guidance.weight, "Seed": spec.seeds[sample] if sample < len(spec.seeds) else "",
        "Class": _class_of(spec, sample), "Model": Path(spec.model).name,
    }  # fmt: skip
    if spec.size:
        wanted["Size"] = f"{spec.size[1]}x{spec.size[0]}"
    line = ", ".join(f"{key}: {value}" for key, value in wanted.items() if value != "")
    negative = tr("Negative prompt: {negative}\n", negative=spec.negative) if spec.negative else ""
    return (f"{spec.prompt}\n" if spec.prompt else "") + negative + line


def _class_of(spec: SampleSpec, sample: int) -> int | str:
    if not spec.classes:
        return ""
    return spec.classes[0] if len(spec.classes) == 1 else spec.classes[min(sample, len(spec.classes) - 1)]
