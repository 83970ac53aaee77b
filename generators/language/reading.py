"""A query under reading: plain text for patterns, offsets back to the query, and what was taken already."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from domain.plan import Constraint, Place, Relation, Topic
from domain.values import JsonValue

LONGEST = 1000  # characters that are read; a question is shorter, a pasted page is none
_PLAIN = str.maketrans("–—−‘’´`“”„«»", '---\'\'\'\'"""""')


class Reading:
    """The query in lower case with single blanks (``plain``), and the same with its own case (``cased``).

    Rules look for patterns in ``plain``, in order of how sure they are; each takes the characters it
    understood, so that a later rule, and at last the keywords, never see them.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.constraints: list[Constraint] = []
        self.places: list[Place] = []
        self.wanted: list[str] = []
        self.subject = ""
        self._offsets: list[int] = []
        cased: list[str] = []
        for offset, character in enumerate(text[:LONGEST].translate(_PLAIN)):
            blank = character.isspace()
            if blank and (not cased or cased[-1] == " "):
                continue
            cased.append(" " if blank else character)
            self._offsets.append(offset)
        self.cased = "".join(cased).rstrip()
        self.plain = "".join(low if len(low := c.lower()) == 1 else c for c in self.cased)
        self._taken = bytearray(len(self.plain))

    def find(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Yield matches of free text; what a caller takes meanwhile is respected."""
        position = 0
        while found := pattern.search(self.plain, position):
            if self.is_free(found.start(), found.end()):
                yield found
                position = max(found.end(), found.start() + 1)
            else:
                position = found.start() + 1

    def is_free(self, start: int, end: int) -> bool:
        """Return whether no character between was taken."""
        return not any(self._taken[start:end])

    def take(self, start: int, end: int) -> None:
        """Mark the characters as understood."""
        self._taken[start:end] = b"\x01" * (end - start)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return offsets in the query itself for offsets in ``plain``."""
        return self._offsets[start], self._offsets[end - 1] + 1

    def place_of(self, offset: int) -> int:
        """Return the place in ``plain`` of an offset in the query itself."""
        return bisect_left(self._offsets, offset)

    def add(
        self,
        topic: Topic,
        relation: Relation,
        value: JsonValue,
        where: tuple[int, int],
        *,
        unit: str = "",
        name: str = "",
        confidence: float = 1.0,
    ) -> None:
        """Keep a constraint with the words it came from, and take them."""
        self.take(*where)
        start, end = self.span(*where)
        self.constraints.append(
            Constraint(
                topic=topic,
                relation=relation,
                value=value,
                unit=unit,
                name=name,
                span=self.text[start:end],
                start=start,
                end=end,
                confidence=confidence,
            )
        )

    def has(self, topic: Topic) -> bool:
        """Return whether a constraint of the topic was read."""
        return any(c.topic is topic for c in self.constraints)

    def as_written(self, start: int, end: int) -> str:
        """Return the words with their own case and single blanks."""
        return self.cased[start:end].strip()

    def free_pieces(self) -> Iterator[tuple[int, int]]:
        """Yield the longest stretches that nothing has taken."""
        start = None
        for index in range(len(self.plain) + 1):
            free = index < len(self.plain) and not self._taken[index]
            if free and start is None:
                start = index
            elif not free and start is not None:
                yield start, index
                start = None
