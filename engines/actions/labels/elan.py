"""Labels as ELAN documents (EAF 3.0): a tier is a track, an annotation's value the action, times in milliseconds.

The classes are a controlled vocabulary, so ELAN offers them when more is marked, and those without a segment are kept.
Read are all tiers with times of their own; tiers that hang on others say something about segments and are left out.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import numpy as np

from engines.actions.labels.rows import TRACK, Origin, TimeRow, gathered, in_frames
from engines.actions.types import Labels
from engines.core.errors import BadInput
from engines.core.files import atomic_path
from engines.core.outputs import holding
from engines.core.reading import MISFITS, read_xml
from engines.core.words import tr

XSI = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA = "http://www.mpi.nl/tools/elan/EAFv3.0.xsd"
ELAN = holding(tr("an ELAN document"), b"<ANNOTATION_DOCUMENT")
TYPE, VOCABULARY, LANGUAGE = "action", "actions", "und"
STEREOTYPES = {
    "Time_Subdivision": "Time subdivision of parent annotation's time interval, no time gaps allowed within this "
    "interval",
    "Symbolic_Subdivision": "Symbolic subdivision of a parent annotation. Annotations refering to the same parent are "
    "ordered",
    "Symbolic_Association": "1-1 association with a parent annotation",
    "Included_In": "Time alignable annotations within the parent annotation's time interval, gaps are allowed",
}
"""The four constraints every EAF declares, in ELAN's own words."""


def read(origin: Origin) -> Labels:
    """Raises `BadInput` for what is no such document, with the annotation where one is wrong."""
    root = read_xml(origin.path, what=tr("ELAN document"))
    if root.tag != "ANNOTATION_DOCUMENT":
        raise BadInput(tr("This is no ELAN document"), path=origin.path, hint=tr("Save it as .eaf in ELAN"))
    try:
        slots = _slots(root)
        rows = list(_rows(root, slots))
    except MISFITS as error:
        raise BadInput(
            tr("The ELAN document is broken at {error}", error=error), path=origin.path, hint=tr("Save it again")
        ) from error
    return gathered(in_frames(rows, origin), origin, _vocabulary(root))


def write(path: str | Path, rows: Sequence[TimeRow], classes: Sequence[str], video: str = "") -> None:
    """One tier a track. Two annotations may share a time, never a time slot: that is how ELAN keeps them apart."""
    root = Element(
        "ANNOTATION_DOCUMENT",
        {
            "AUTHOR": "Kinoscope",
            "DATE": datetime.now(UTC).astimezone().isoformat(timespec="seconds"),
            "FORMAT": "3.0",
            "VERSION": "3.0",
            "xmlns:xsi": XSI,
            "xsi:noNamespaceSchemaLocation": SCHEMA,
        },
    )
    _header(root, len(rows), video)
    _times_and_tiers(root, rows)
    kind = {"GRAPHIC_REFERENCES": "false", "LINGUISTIC_TYPE_ID": TYPE, "TIME_ALIGNABLE": "true"}
    SubElement(root, "LINGUISTIC_TYPE", kind | {"CONTROLLED_VOCABULARY_REF": VOCABULARY})
    SubElement(root, "LANGUAGE", {"LANG_ID": LANGUAGE, "LANG_LABEL": "undetermined (und)"})
    for name, meaning in STEREOTYPES.items():
        SubElement(root, "CONSTRAINT", {"STEREOTYPE": name, "DESCRIPTION": meaning})
    _offer(root, classes)
    ElementTree.indent(root, " " * 4)
    with atomic_path(path) as part:
        ElementTree.ElementTree(root).write(part, encoding="UTF-8", xml_declaration=True)


def _header(root: Element, annotations: int, video: str) -> None:
    header = SubElement(root, "HEADER", {"MEDIA_FILE": "", "TIME_UNITS": "milliseconds"})
    if video:
        place = Path(video).resolve()
        kind = mimetypes.guess_type(place.name)[0] or "video/*"
        about = {"MEDIA_URL": place.as_uri(), "MIME_TYPE": kind, "RELATIVE_MEDIA_URL": f"./{place.name}"}
        SubElement(header, "MEDIA_DESCRIPTOR", about)
    SubElement(header, "PROPERTY", {"NAME": "lastUsedAnnotationId"}).text = str(annotations)


def _times_and_tiers(root: Element, rows: Sequence[TimeRow]) -> None:
    """Time slots in order of time, each annotation with two of its own."""
    points = [(at, edge, index) for index, row in enumerate(rows) for edge, at in enumerate(_span(row))]
    points.sort(key=lambda point: (point[0], -point[1], point[2]))
    order = SubElement(root, "TIME_ORDER")
    slots = {}
    for number, (at, edge, index) in enumerate(points, start=1):
        slots[index, edge] = f"ts{number}"
        SubElement(order, "TIME_SLOT", {"TIME_SLOT_ID": f"ts{number}", "TIME_VALUE": str(at)})
    for track in dict.fromkeys(row.track for row in rows) or {TRACK: None}:
        tier = SubElement(root, "TIER", {"LINGUISTIC_TYPE_REF": TYPE, "TIER_ID": track})
        for index, row in enumerate(rows):
            if row.track == track:
                ends = {"TIME_SLOT_REF1": slots[index, 0], "TIME_SLOT_REF2": slots[index, 1]}
                holder = SubElement(tier, "ANNOTATION")
                placed = SubElement(holder, "ALIGNABLE_ANNOTATION", {"ANNOTATION_ID": f"a{index + 1}"} | ends)
                SubElement(placed, "ANNOTATION_VALUE").text = row.action


def _span(row: TimeRow) -> tuple[int, int]:
    """Milliseconds, none below 0 and one long at least, as the schema and ELAN ask."""
    start = max(round(1000 * row.start), 0)
    return start, max(round(1000 * row.end), start + 1)


def _offer(root: Element, classes: Sequence[str]) -> None:
    vocabulary = SubElement(root, "CONTROLLED_VOCABULARY", {"CV_ID": VOCABULARY})
    SubElement(vocabulary, "DESCRIPTION", {"LANG_REF": LANGUAGE})
    for number, name in enumerate(classes):
        entry = SubElement(vocabulary, "CV_ENTRY_ML", {"CVE_ID": f"cve{number}"})
        SubElement(entry, "CVE_VALUE", {"DESCRIPTION": "", "LANG_REF": LANGUAGE}).text = name


def _slots(root: Element) -> dict[str, float]:
    """Seconds of each time slot. One without a value lies evenly between its neighbours that have one."""
    slots = root.findall("TIME_ORDER/TIME_SLOT")
    values = [slot.get("TIME_VALUE") for slot in slots]
    known = [index for index, value in enumerate(values) if value is not None]
    if not known:
        return {}
    filled = np.interp(np.arange(len(slots)), known, [float(values[index] or 0) for index in known])
    media = root.find("HEADER/MEDIA_DESCRIPTOR[@TIME_ORIGIN]")
    origin = float(media.get("TIME_ORIGIN", 0)) if media is not None else 0.0
    return {
        slot.attrib["TIME_SLOT_ID"]: (at + origin) / 1000.0 for slot, at in zip(slots, filled.tolist(), strict=True)
    }


def _rows(root: Element, slots: dict[str, float]) -> Iterator[TimeRow]:
    for tier in root.findall("TIER"):
        if tier.get("PARENT_REF"):
            continue
        track = tier.attrib["TIER_ID"]
        for each in tier.findall("ANNOTATION/ALIGNABLE_ANNOTATION"):
            place = tr("Annotation {id} on tier '{track}'", id=each.attrib["ANNOTATION_ID"], track=track)
            start, end = (slots[each.attrib[name]] for name in ("TIME_SLOT_REF1", "TIME_SLOT_REF2"))
            yield TimeRow(place, start, end, each.findtext("ANNOTATION_VALUE") or "", track)


def _vocabulary(root: Element) -> list[str]:
    """The classes that the types of the tiers offer."""
    used = {tier.get("LINGUISTIC_TYPE_REF") for tier in root.findall("TIER") if not tier.get("PARENT_REF")}
    types = [each for each in root.findall("LINGUISTIC_TYPE") if each.get("LINGUISTIC_TYPE_ID") in used]
    wanted = {each.get("CONTROLLED_VOCABULARY_REF") for each in types}
    names = []
    for vocabulary in root.findall("CONTROLLED_VOCABULARY"):
        if vocabulary.get("CV_ID") in wanted:
            names += [entry.findtext("CVE_VALUE") or "" for entry in vocabulary.findall("CV_ENTRY_ML")]
            names += [entry.text or "" for entry in vocabulary.findall("CV_ENTRY")]
    return [name.strip() for name in names if name.strip()]
