"""Words that mean the same to who looks for a command: the palette finds by any of them."""

from __future__ import annotations

from engines.core.words import tr

WORDS = (
    tr("detect, find, look, watch, recognise, recognize, track"),
    tr("rename, name, label, title"),
    tr("log, diagnostics, messages, errors, trace"),
    tr("undistort, straighten, rectify, dewarp, lens"),
    tr("export, save, write, download, bundle"),
    tr("import, open, load, read"),
    tr("delete, remove, discard, clear, forget, empty, erase"),
    tr("camera, webcam, usb, source"),
    tr("film, video, movie, clip, recording"),
    tr("picture, photo, photograph, image, snapshot, screenshot"),
    tr("face, people, person, portrait"),
    tr("enrol, enroll, register, add"),
    tr("hide, cover, blur, redact, anonymise, anonymize"),
    tr("board, checkerboard, chessboard, charuco, target, pattern"),
    tr("print, pdf"),
    tr("sample, generate, draw"),
    tr("train, learn, fit, teach"),
    tr("evaluate, measure, benchmark, test, score, accuracy"),
    tr("compare, difference, versus"),
    tr("stop, cancel, abort, end, quit, exit"),
    tr("play, pause, start, run, resume"),
    tr("dark, light, theme, colours, colors, appearance, night"),
    tr("settings, preferences, options, configuration"),
    tr("shortcut, shortcuts, keys, keyboard, hotkey, binding"),
    tr("help, guide, manual, documentation"),
    tr("full screen, fullscreen, presentation, maximise, maximize"),
    tr("zoom, fit, size"),
    tr("undo, revert, back"),
    tr("layout, preset, panels, docks, workspace, reset"),
    tr("stream, rtsp, network, ip, http"),
    tr("explain, attribution, saliency, heatmap, grad"),
    tr("threshold, confidence, sensitivity"),
    tr("command, cli, terminal, script"),
    tr("folder, directory, reveal, files"),
    tr("gaze, eyes, pose"),
    tr("split, tiled, tiles, grid"),
    tr("about, version, licence, license"),
    tr("encrypt, protect, passphrase, password"),
)
"""Of one meaning each, with commas; a word may stand in several. A language has words of its own for each."""


def _meanings() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for words in WORDS:
        group = words.split(", ")
        for word in group:
            found.setdefault(word, []).extend(other for other in group if other != word)
    return {word: tuple(others) for word, others in found.items()}


MEANINGS = _meanings()
