"""Where a record's page says that something is: the block of lines that holds a place's name and its address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from domain.markup import LINE, lines_of
from generators.induction.classes import is_selectable
from generators.induction.patterns import POSTAL_ADDRESS

_WHERE: Final = re.compile(r"\b(?:where|venue|location|address|place)\b", re.IGNORECASE)
_PLACED: Final = re.compile(r"(?:^|[-_])(?:venue|location|place)(?:$|[-_])", re.IGNORECASE)
_STREET: Final = re.compile(r"\d{1,5}[a-z]?,?\s+[^\W\d_].*|[^\W\d_][^\d,]{2,40}\s\d{1,4}\s?[a-z]?", re.IGNORECASE)
_LABEL_CHARACTERS: Final = 60
_MOST_LINES: Final = 6
_LONGEST: Final = 120


def place_locators(trees: Sequence[Any]) -> Iterator[tuple[str, str, str]]:
    """Yield (name, locator, label) of a venue and of its street address, where pages write both as lines of one block.

    Only a block that its label or its class says to be a place counts, and only where each page that has it writes a
    name above a street.
    """
    for selector, label in dict.fromkeys(found for tree in trees for found in _blocks(tree)):
        blocks = [hits[0] for tree in trees if (hits := tree.cssselect(selector))]
        if all(_name_above_street(block) for block in blocks):
            yield "venue", f"{selector}@{LINE}1", label
            yield "street_address", f"{selector}@{LINE}2", "street address"


def _blocks(tree: Any) -> Iterator[tuple[str, str]]:
    for lead in tree.cssselect("[aria-label]"):
        label, beside = (lead.get("aria-label") or "").strip(), lead.getnext()
        known = _WHERE.search(label) and len(label) <= _LABEL_CHARACTERS and '"' not in label and "\\" not in label
        if known and beside is not None and beside.tag in ("p", "div", "span", "address", "dd"):
            yield f'[aria-label="{label}"] + {beside.tag}', label
    for element in tree.cssselect("main [class], #content [class], article [class]"):
        for mark in (element.get("class") or "").split():
            if _PLACED.search(mark) and is_selectable(mark) and tree.cssselect(f".{mark}")[0] is element:
                yield f".{mark}", "venue"


def _name_above_street(block: Any) -> bool:
    lines = lines_of(block)
    if not 2 <= len(lines) <= _MOST_LINES or any(len(line) > _LONGEST for line in lines):
        return False
    return not _is_street(lines[0]) and _is_street(lines[1])


def _is_street(line: str) -> bool:
    return bool(_STREET.fullmatch(line) or POSTAL_ADDRESS.match(line))
