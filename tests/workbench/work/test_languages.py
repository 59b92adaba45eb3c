"""Languages: chosen, read from Qt Linguist's files, spoken with the right plural."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engines.core.words import tr, tr_count
from workbench.work.languages import ENGLISH, STRETCHED, VARIABLE, chosen, known, plural_form, speak_in, spoken
from workbench.work.stretching import BEGIN, END, WIDE, stretch, widen

RUSSIAN = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ru">
<context><name>kinoscope</name>
<message><source>Open {name}</source><translation>Открыть {name}</translation></message>
<message><source>Half</source><translation type="unfinished">Поло</translation></message>
<message><source>Bad {name}</source><translation>Плохо {nmae}</translation></message>
<message numerus="yes"><source>{n:,} views</source><translation>
<numerusform>{n:,} вид</numerusform><numerusform>{n:,} вида</numerusform><numerusform>{n:,} видов</numerusform>
</translation></message>
</context></TS>"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.delenv(VARIABLE, raising=False)
    before = spoken()
    (tmp_path / "ru.ts").write_text(RUSSIAN, "utf-8")
    yield tmp_path
    speak_in(before)


def views(n: int) -> str:
    return tr_count(n, "{n} view", "{n:,} views")


def test_a_language_is_read_and_spoken(folder: Path) -> None:
    speak_in("ru", folder)
    assert spoken() == "ru"
    assert tr("Open {name}", name="a.mp4") == "Открыть a.mp4"
    assert [views(n) for n in (1, 2, 5, 11, 21, 1004)] == [
        "1 вид", "2 вида", "5 видов", "11 видов", "21 вид", "1,004 вида",
    ]  # fmt: skip


def test_what_a_language_lacks_or_has_wrong_is_said_in_english(folder: Path) -> None:
    speak_in("ru", folder)
    assert (tr("Close"), tr("Half"), tr("Bad {name}", name=3)) == ("Close", "Half", "Bad 3")
    assert tr_count(1, "{n} face", "{n} faces") == "1 face"


BOMB = """<!DOCTYPE TS [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><TS><context><name>kinoscope</name><message>
<source>{n:,} views</source><translation>&b;</translation></message></context></TS>"""


@pytest.mark.parametrize(
    "text", ["<TS><context>", BOMB, "<?xml version='1.0' encoding='none'?><TS/>", "", "<a>" * 9999]
)
def test_a_broken_file_is_english(folder: Path, text: str) -> None:
    (folder / "de.ts").write_text(text, "utf-8")
    speak_in("de", folder)
    assert views(1) == "1 view"


def test_a_pipe_in_place_of_a_language_holds_nobody_up(folder: Path) -> None:
    os.mkfifo(folder / "de.ts")
    speak_in("de", folder)
    assert views(1) == "1 view"


def test_the_setting_goes_before_the_system_and_the_variable_before_both(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert known(folder) == (ENGLISH, "ru")
    assert chosen("", ["de_DE", "ru-RU"], folder) == "ru"
    assert chosen("en", ["ru_RU.UTF-8"], folder) == ENGLISH
    assert chosen("klingon", ["de"], folder) == ENGLISH
    monkeypatch.setenv(VARIABLE, STRETCHED)
    assert chosen("ru", [], folder) == STRETCHED


@pytest.mark.parametrize(
    ("language", "forms"), [("de", [0, 1, 1]), ("fr", [0, 1, 1]), ("ja", [0, 0, 0]), ("pl", [0, 1, 2])]
)
def test_the_form_follows_the_number(language: str, forms: list[int]) -> None:
    assert [plural_form(language, n) for n in (1, 2, 5)] == forms


def test_the_stretched_language_is_longer_and_keeps_what_is_no_word() -> None:
    text = "Solve for the camera &again with {count:,} views of <b>{path}</b> (*.png)"
    said = stretch(text)
    assert said[0] + said[-1] == BEGIN + END
    assert WIDE in said
    assert len(said) >= len(text) + 0.3 * len("Solve for the camera again with views of")
    assert all(kept in said for kept in ("{count:,}", "&a", "<b>{path}</b>", "*.png"))
    assert stretch("12 %") == "12 %"


def test_the_wide_language_has_wide_glyphs_alone_and_keeps_what_is_no_word() -> None:
    said = widen("Solve for the camera &again with {count:,} views of <b>{path}</b> (*.png)")
    assert said[0] + said[-1] == BEGIN + END
    assert not re.search("[a-zA-Z]", re.sub(r"\{count:,}|&a|</?b>|\{path}|\*\.png", "", said))
    assert len(widen("Cancel job")) == len(BEGIN + "12345" + END)
    assert widen("12 %") == "12 %"
