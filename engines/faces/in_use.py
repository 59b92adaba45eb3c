"""The models that the live recogniser runs, as files that others may look into.

Networks that see a part of the picture here (a face, an eye) are given the whole of it elsewhere.
"""

from __future__ import annotations

from pathlib import Path

from engines.core.networks.in_use import ModelInUse
from engines.core.networks.preprocessing import Preprocessing
from engines.core.store.in_use import stored_in_use
from engines.core.words import tr
from engines.faces.types import RecogniserSettings

PLAIN = (0.0,), (1.0,)
PREPROCESSING = {
    "yunet": Preprocessing((640, 640), "BGR", *PLAIN, fit="letterbox"),
    "sface": Preprocessing((112, 112), "RGB", *PLAIN, fit="crop"),
    "face-landmarks": Preprocessing((192, 192), "RGB", axes="NHWC", fit="crop"),
    "iris-landmarks": Preprocessing((64, 64), "RGB", axes="NHWC", fit="crop"),
    "blazeface-full": Preprocessing((192, 192), "RGB", (127.5,), (127.5,), "NHWC", "letterbox"),
}
"""By name in the model store, as `detection`, `recognition` and `gaze` feed them."""


def models_of(settings: RecogniserSettings, feed: str) -> tuple[ModelInUse, ...]:
    """What is run with these settings on a feed; files that are not on this machine are left out."""
    blaze = settings.finder.detector == "blazeface"
    detector = {"blazeface-full": "BlazeFace"} if blaze else {"yunet": "YuNet"}
    gaze = {"face-landmarks": tr("Face landmarks"), "iris-landmarks": tr("Iris landmarks")} if settings.gaze else {}
    stored = (stored_in_use(name, title, feed, PREPROCESSING[name]) for name, title in (detector | gaze).items())
    return (*_recogniser(settings.model, feed), *(model for one in stored for model in one))


def _recogniser(model: str, feed: str) -> tuple[ModelInUse, ...]:
    if model == "sface":
        return stored_in_use("sface", "SFace", feed, PREPROCESSING["sface"])
    if model == "dlib":
        return stored_in_use("dlib", tr("dlib ResNet"), feed)
    return (ModelInUse(Path(model).stem, model, feed=feed),) if Path(model).is_file() else ()
