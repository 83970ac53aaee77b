"""How well places and dates are read out of spoken-style questions, against a data set of such questions.

Run: python -m benchmarks.utterances [FOLDER] [--errors]. FOLDER holds ``targets/data/utterances_train.jsonl``;
it defaults to AGENT_SCHOOL_SHARED or ``../shared`` beside the project. A slot counts as right
when the place (by its centre) or the day agrees.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from domain.errors import InvalidQuery
from domain.meaning import dates, gazetteer
from domain.plan import Intent, Relation, Topic
from generators.language import understand

CLOCK = datetime(2019, 3, 1, 9, tzinfo=ZoneInfo("America/Los_Angeles"))
CITY_SLOTS = ("city", "city_of_event")


@dataclass(kw_only=True)
class Row:
    """Counts for one slot."""

    slot: str
    right: int = 0
    spurious: int = 0
    missed: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Share of what was read that is right."""
        return self.right / max(1, self.right + self.spurious)

    @property
    def recall(self) -> float:
        """Share of what was said that was read."""
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.precision * self.recall / max(1e-9, self.precision + self.recall)

    def count(self, said: set[str], read: set[str], utterance: str) -> None:
        """Add one question."""
        self.right += len(said & read)
        self.spurious += len(read - said)
        self.missed += len(said - read)
        if said != read:
            self.errors.append(f"said {sorted(said)} read {sorted(read)}: {utterance}")


def run(folder: Path | None = None) -> list[Row]:
    """Return the rows for city and date over the data set."""
    path = (folder or default_folder()) / "targets" / "data" / "utterances_train.jsonl"
    city, day = Row(slot="city"), Row(slot="date")
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        intent = _intent(record["utterance"])
        city.count(_said_cities(record["slots"]), _read_cities(intent), record["utterance"])
        day.count(_said_days(record["slots"]), _read_days(intent), record["utterance"])
    return [city, day]


def default_folder() -> Path:
    """Return the folder of shared material."""
    return Path(os.environ.get("AGENT_SCHOOL_SHARED") or Path(__file__).resolve().parents[1].parent / "shared")


def _intent(utterance: str) -> Intent | None:
    try:
        return understand(utterance, CLOCK)
    except InvalidQuery:
        return None


def _said_cities(slots: dict[str, Any]) -> set[str]:
    return {_centre(value) for slot in CITY_SLOTS for value in slots.get(slot, []) if value != "dontcare"}


def _said_days(slots: dict[str, Any]) -> set[str]:
    return {value for value in slots.get("date", []) if value != "dontcare"}


def _read_cities(intent: Intent | None) -> set[str]:
    places = intent.about(Topic.PLACE) if intent else ()
    return {_centre(str(c.value)) for c in places if c.relation is not Relation.NOT_EQUALS}


def _centre(name: str) -> str:
    place = gazetteer.find(name)
    return f"{place.latitude:.2f},{place.longitude:.2f}" if place else name.casefold()


def _read_days(intent: Intent | None) -> set[str]:
    found = intent.about(Topic.DATE) if intent else ()
    return {dates.resolve(str(c.value), CLOCK.date()).start.isoformat() for c in found if c.relation is Relation.FROM}


def main(arguments: Iterable[str]) -> None:
    """Print the scores, and with ``--errors`` each question that was read otherwise."""
    given = list(arguments)
    folders = [Path(a) for a in given if not a.startswith("--")]
    gazetteer.warm(towns=True)
    started = time.perf_counter()
    rows = run(folders[0] if folders else None)
    elapsed = time.perf_counter() - started
    for row in rows:
        print(f"{row.slot:5} precision {row.precision:.3f}  recall {row.recall:.3f}  F1 {row.f1:.3f}")
        if "--errors" in given:
            print(*(f"  {error}" for error in row.errors), sep="\n")
    print(f"whole run {elapsed:.2f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
