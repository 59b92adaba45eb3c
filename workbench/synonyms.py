"""Words that mean the same to who looks for a command: the palette finds by any of them."""

from __future__ import annotations

GROUPS = (
    ("detect", "find", "look", "watch", "recognise", "recognize", "track"),
    ("rename", "name", "label", "title"),
    ("log", "diagnostics", "messages", "errors", "trace"),
    ("undistort", "straighten", "rectify", "dewarp", "lens"),
    ("export", "save", "write", "download", "bundle"),
    ("import", "open", "load", "read"),
    ("delete", "remove", "discard", "clear", "forget", "empty", "erase"),
    ("camera", "webcam", "usb", "source"),
    ("film", "video", "movie", "clip", "recording"),
    ("picture", "photo", "photograph", "image", "snapshot", "screenshot"),
    ("face", "people", "person", "portrait"),
    ("enrol", "enroll", "register", "add"),
    ("hide", "cover", "blur", "redact", "anonymise", "anonymize"),
    ("board", "checkerboard", "chessboard", "charuco", "target", "pattern"),
    ("print", "pdf"),
    ("sample", "generate", "draw"),
    ("train", "learn", "fit", "teach"),
    ("evaluate", "measure", "benchmark", "test", "score", "accuracy"),
    ("compare", "difference", "versus"),
    ("stop", "cancel", "abort", "end", "quit", "exit"),
    ("play", "pause", "start", "run", "resume"),
    ("dark", "light", "theme", "colours", "colors", "appearance", "night"),
    ("settings", "preferences", "options", "configuration"),
    ("shortcut", "shortcuts", "keys", "keyboard", "hotkey", "binding"),
    ("help", "guide", "manual", "documentation"),
    ("full screen", "fullscreen", "presentation", "maximise", "maximize"),
    ("zoom", "fit", "size"),
    ("undo", "revert", "back"),
    ("layout", "preset", "panels", "docks", "workspace", "reset"),
    ("stream", "rtsp", "network", "ip", "http"),
    ("explain", "attribution", "saliency", "heatmap", "grad"),
    ("threshold", "confidence", "sensitivity"),
    ("command", "cli", "terminal", "script"),
    ("folder", "directory", "reveal", "files"),
    ("gaze", "eyes", "pose"),
    ("split", "tiled", "tiles", "grid"),
    ("about", "version", "licence", "license"),
    ("encrypt", "protect", "passphrase", "password"),
)
"""Of one meaning each; a word may stand in several."""


def _meanings() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for group in GROUPS:
        for word in group:
            found.setdefault(word, []).extend(other for other in group if other != word)
    return {word: tuple(others) for word, others in found.items()}


MEANINGS = _meanings()
