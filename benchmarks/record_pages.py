"""The real pages that record finding is measured on, and when a group of records is right."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from domain.plan import Intent
from generators.induction.tree import Element

_TEXT_ATTRIBUTES = ("alt", "title", "aria-label", "datetime", "content", "value")
_SHARE = 0.9


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """One listing page with what should be read from it."""

    id: str
    url: str
    html: str
    fields: tuple[str, ...]
    goal: str
    rows: list[dict[str, Any]]

    @property
    def intent(self) -> Intent:
        """The page's goal, as far as the page's label tells it."""
        return Intent(text=self.goal, wanted=self.fields)

    @property
    def items(self) -> list[list[tuple[bool, str]]]:
        """The expected rows as (is address, folded value) lists, each once."""
        found: dict[tuple[tuple[bool, str], ...], list[tuple[bool, str]]] = {}
        for row in self.rows:
            values = [_comparable(value, self.url) for value in leaves(row)]
            if values:
                found[tuple(sorted(values))] = values
        return list(found.values())

    @property
    def site(self) -> str:
        """The host's last two labels (three under two-letter second levels), enough to keep sites apart."""
        host = (urlsplit(self.url).hostname or "").split(".")
        return ".".join(host[-3:] if len(host) > 2 and len(host[-2]) <= 3 else host[-2:])


def fold(text: str) -> str:
    """Return the text without case, signs and spaces."""
    return re.sub(r"[\W_]+", "", unquote(text).lower())


def _address(address: str, base: str) -> str:
    with suppress(ValueError):
        address = urljoin(base, address)
    return fold(re.sub(r"^https?://(www\.)?", "", address))


def _comparable(value: str, base: str) -> tuple[bool, str]:
    return (True, _address(value, base)) if value.startswith("http") else (False, fold(value))


def leaves(value: object) -> Iterator[str]:
    """Yield the filled values of an expected row."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from leaves(one)
    elif isinstance(value, str) and fold(value):
        yield value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield f"{value:g}"


def _blob(tops: Sequence[Element], base: str) -> tuple[str, set[str]]:
    addresses: set[str] = set()
    texts = [fold(" ".join(top.itertext())) for top in tops]
    for element in (e for top in tops for e in top.iter() if isinstance(e.tag, str)):
        addresses |= {_address(element.get(k), base) for k in ("href", "src", "data-src") if element.get(k)}
        texts += [fold(element.get(name)) for name in _TEXT_ATTRIBUTES if element.get(name)]
    return "|".join(texts), addresses


def is_right(records: Sequence[Sequence[Element]], sample: Sample) -> bool:
    """Tell whether records and expected items match one to one for at least 90 % of both."""
    items = sample.items
    if not _SHARE * len(items) <= len(records) <= len(items) / _SHARE + 1e-9:
        return False
    blobs = [_blob(record, sample.url) for record in records]

    def holds(blob: tuple[str, set[str]], values: list[tuple[bool, str]]) -> bool:
        return sum(v in (blob[1] if is_url else blob[0]) for is_url, v in values) >= 0.8 * len(values)

    fits = [[i for i, blob in enumerate(blobs) if holds(blob, values)] for values in items]
    owner: dict[int, int] = {}

    def take(item: int, seen: set[int]) -> bool:
        for record in fits[item]:
            if record not in seen:
                seen.add(record)
                if record not in owner or take(owner[record], seen):
                    owner[record] = item
                    return True
        return False

    matched = sum(take(item, set()) for item in range(len(items)))
    return matched >= _SHARE * max(len(items), len(records))


def pages_folder() -> Path:
    """Return the folder of the pages."""
    shared = os.environ.get("AGENT_SCHOOL_SHARED", "../shared")
    return Path(shared) / "pages"


def load_score(folder: Path) -> ModuleType:
    """Import the folder's own scorer."""
    spec = importlib.util.spec_from_file_location("pages_score", folder / "score.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"no score.py in {folder}")
    module = importlib.util.module_from_spec(spec)
    sys.modules["pages_score"] = module
    spec.loader.exec_module(module)
    return module


def samples(score: ModuleType, *, boxes: bool) -> list[Sample]:
    """Return the listing pages with at least two expected items."""
    found = [
        Sample(
            id=page["id"],
            url=page["url"],
            html=score.load_page(page["id"], boxes=boxes),
            fields=tuple(page["fields"]),
            goal=page["goal"],
            rows=page["expected"],
        )
        for page in score.load_index()
        if page["kind"] == "listing"
    ]
    return [sample for sample in found if len(sample.items) >= 2]
