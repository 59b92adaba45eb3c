"""Galleries that an earlier version wrote still open, are searched and take new faces."""

from __future__ import annotations

from pathlib import Path

import pytest

from engines.core.errors import BadInput
from engines.faces.gallery.editing import Gallery
from tests import kept
from tests.engines.faces.gallery.galleries import DIM, Maker


def test_its_people_are_found_again(tmp_path: Path) -> None:
    gallery = Gallery.open(kept.copy("people.faces", tmp_path))
    try:
        info = gallery.info()
        assert (info.people, info.faces, info.dim, info.encrypted) == (3, 6, DIM, False)
        people = {person.name: person for person in gallery.people()}
        assert people.keys() == {"Person 0", "Person 1", "Person 2"}
        assert {person.faces for person in people.values()} == {2}
        assert all(gallery.thumbnail(face.id).size for face in gallery.faces(people["Person 1"].id))
        gallery.add("Person 3", Maker().faces(3, 1))
        assert gallery.info().people == 4
    finally:
        gallery.close()


def test_a_locked_one_opens_with_its_passphrase_alone(tmp_path: Path) -> None:
    path = kept.copy("locked.faces", tmp_path)
    with pytest.raises(BadInput):
        Gallery.open(path, passphrase="open barley")
    gallery = Gallery.open(path, passphrase="open sesame")
    try:
        assert list(gallery.names().values()) == ["Person 0"]
        assert all(gallery.thumbnail(face.id).size for face in gallery.faces(gallery.find_person("Person 0")))
    finally:
        gallery.close()
