"""Every text that a person reads in the window goes through translation, and nothing reads an English sentence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from engines.core.words import at_command_line, control
from tests.told import spliced, untold

ROOT = Path(__file__).resolve().parents[1]
IN_ENGLISH = ("workbench/verbs/", "workbench/benchmarks/", "workbench/tour/", "workbench/diagnostics/")
"""The command line, and what is written for those who mend the program."""
LEFT = {
    r".*": r"Kinoscope.*|kinoscope .*",  # its own name; what files are known by
    r"engines/calibration/formats/rig_opencv": r"(cameramatrix|distcoeffs|distortion)\{\}",  # of its keys
    r"engines/calibration/targets/pdf": r"0 g BT.*",  # what a PDF is made of
    r"engines/calibration/(formats|rig/pairs)/": r"  camera_model.*|\{\}:\n  rows.*|format .*",  # of formats of files
    r"engines/inspection/layout/table": r"(output|memory|share) .*",  # columns of a file
    r"engines/(core/training/threads|inspection/running/network)": r".*memory",  # what torch and Python say
    r"engines/generative/data/pickles": r"\w+ \w+",  # names in a pickle
    r"engines/": r"<.*|# .*|%YAML.*|(comment|property|element) .*|  rostopic.*|--names .*",  # of formats of files
    # licences, and words of commands
    r"engines/(core/store/registry|generative/training)": r"Apache.*|CC.*|BSD.*|public domain.*|sample \w+",
    r"engines/(actions|faces)/(types|gaze/ray)": r"(left|right|mouth) .*",  # names of landmarks, kept in files
    r"engines/actions/labels/(elan|via)": r"Time .*|Symbolic.*|1-1 .*|undetermined.*|VGG .*",
    r"engines/actions/(evaluation/reports|features/cache|training/benchmarks)": r"AP \{\}|read \{\}|class \{\}",
    r"engines/attention/auto/": r"model name|with .*|d \{\} .*|\{\} heads in all|window \{\}|\{\} of \{\}",  # kept keys
    r"(engines|widgets)/calibration/rig/(names|pages/prepare_view)": r"camera (\{\}|\d)",  # names kept in files
    r"engines/faces/gallery/": r".* (WHERE|IN|OR|AND) .*|typeof.*|id, person.*",
    r"engines/core/spec": r".*",  # how a dataclass is written, for us
    r"engines/inspection/": r"tensor \{\}|setattr .*| \(as \{\}\.\{\}\)",
    r"widgets/kit/panel": r"[A-Z]\w+",  # names in __all__
    r"widgets/kit/(when_new|access/elided|theme)": r"_shown by .*|\{\} as \{\}|padding: .*",
    r"widgets/sources/panel": r"Return|Del",  # keys
    r"widgets/calibration/": r"\{\}\.board at|rig\.names of .*",  # names of what is kept
    r"workbench/": r"\{\} \{\}\.\w+|d MMMM yyyy|\{\} models fetch \{\}",  # names of files, a date, a command
    r"workbench/controllers/": r"(corner|board|gaze) \{\}|rig points|tiled recording|rig \{\}|License|Classifier",
    r"workbench/controllers/[a-z]": r"(action|diffusion) model|training data|board pictures",  # kinds of dialogs
    r"workbench/controllers/[a-z]+": r"[a-z]+ (files|graph|page|disk|devices)",  # threads
    r"workbench/controllers/faces/evaluate": r".*-accept rate|per person",  # columns of a file
    r"workbench/(project|work)/": r".*(CAST|SELECT|state IN|state NOT|\|\|).*|id, job.*|The preview .*|.* log lines .*",
    r"workbench/(threads|feeds)/": r"Failure|Wake|(worker|feed|live) \{\}|not in Python code",  # threads, the log
    r"workbench/log": r".*asctime.*",
}


def _sources() -> Iterator[tuple[str, str]]:
    for room in ("engines", "widgets", "workbench"):
        for path in sorted((ROOT / room).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith(IN_ENGLISH):
                yield name, path.read_text("utf-8")


@cache
def _trees() -> tuple[tuple[str, ast.Module], ...]:
    return tuple((name, ast.parse(source)) for name, source in _sources())


def _left(name: str, text: str) -> bool:
    return any(re.match(place, name) and re.fullmatch(texts, text, re.DOTALL) for place, texts in LEFT.items())


def test_every_text_goes_through_translation() -> None:
    found = [
        f"{name}:{one.line}: {one.text!r}"
        for name, source in _sources()
        for one in untold(source, one_word=not name.startswith("engines/"))
        if not _left(name, one.text)
    ]
    assert found == []


ONE_WORD = {
    r"(?i)\bphotographs?\b": "picture; photograph is a camera's own file with its EXIF data",
    r"(?i)(?<!mirror )\bimages?\b(?! (features|network)|'s;)": "picture; image in terms of the field alone",
    r"(?i)\b(canceled|canceling|abort(ed)?)\b": "cancelled of jobs, stopped of what is live, cut off with the program",
    r"(?<![\w'])--[a-z]": "the control's title, by `control`",
    r"(?<![\w'])[A-Za-z ]+!( |$)": "no exclamation mark",
}
"""What a text does not say, and what it says."""
OF_FILES = re.compile(r"EXIF|image_width|analytic:images")


def test_one_word_is_said_for_one_thing() -> None:
    found = []
    for name, tree in _trees():
        for node in ast.walk(tree):
            if _is_told(node) and not name.endswith("synonyms.py"):
                texts = [text.value for text in node.args if isinstance(text, ast.Constant)]  # type: ignore[attr-defined]
                said = " ".join(str(text) for text in texts)
                found += [
                    f"{name}:{node.lineno}: {said!r}: say {word}"
                    for pattern, word in ONE_WORD.items()
                    if re.search(pattern, re.sub(r"\{[^{}]*\}", "", said)) and not OF_FILES.search(said)
                ]
    assert found == []


def _is_told(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("tr", "tr_count")


def test_what_is_put_into_a_text_is_told_too() -> None:
    keys = {"one", "frames", "merge"}
    found = {
        f"{name}:{one.line}: {one.text!r}" for name, tree in _trees() for one in spliced(tree) if one.text not in keys
    }
    assert found == set()
    wrong = 'def f(n):\n    fits = "fit" if n else "fits"\n    return tr("{n} {fits}", n=n or "none", fits=fits)\n'
    assert {one.text for one in spliced(ast.parse(wrong))} == {"fit", "fits", "none"}


def test_advice_names_controls_that_there_are() -> None:
    asked, shown = {}, set()
    for name, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id == "control":
                    asked[ast.literal_eval(node.args[0].args[0])] = name  # type: ignore[attr-defined]
                elif node.func.id == "tr" and name.startswith(("widgets/", "workbench/")):
                    shown.add(ast.literal_eval(node.args[0]))
    assert {title: name for title, name in asked.items() if title not in shown} == {}
    assert control("Frames", "--frames") == "\u201cFrames\u201d"
    with at_command_line():
        assert control("Frames", "--frames") == "--frames"


def test_texts_are_literals_with_the_places_that_they_are_given() -> None:
    """What is put into `tr` is known to the list of texts, and a translator sees the places by name."""
    wrong = []
    for name, tree in _trees():
        if name == "engines/core/words.py":
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("tr", "tr_count"):
                wrong += [f"{name}:{node.lineno}: {why}" for why in _misfits(node)]
    assert wrong == []


def _misfits(call: ast.Call) -> Iterator[str]:
    texts = call.args[1:] if getattr(call.func, "id", "") == "tr_count" else call.args
    given = {str(keyword.arg) for keyword in call.keywords} | ({"n"} if len(texts) == 2 else set())
    for text in texts:
        if not isinstance(text, ast.Constant) or not isinstance(text.value, str):
            yield "no literal"
        elif call.keywords or len(texts) == 2:
            named = set(re.findall(r"(?<!\{)\{(\w+)", text.value)) | set(re.findall(r":[^{}]*\{(\w+)\}", text.value))
            if not named <= given and "None" not in given:
                yield f"{sorted(named - given)} not given"


def test_a_text_that_is_not_told_is_found() -> None:
    source = 'label.setText("Nothing was found")\nbutton = Button("Open", "open")\nlog.info("No one reads this")\n'
    assert [one.text for one in untold(source, one_word=True)] == ["Nothing was found", "Open"]
    assert (
        list(untold('label.setText(tr("Nothing was found"))\nif kind == "no such thing": pass\n', one_word=True)) == []
    )
    assert [one.text for one in untold('raise BadInput(f"{n} views are too few")', one_word=False)] == [
        "{} views are too few"
    ]
