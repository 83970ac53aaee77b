"""Years long past, which no calendar phrase has: "built before 1300", "made between 1650 and 1750"."""

from __future__ import annotations

import re

from domain.plan import Relation, Topic
from generators.language.reading import Reading

_OLD = r"1[0-8]\d\d"
_ANY = r"(?:1\d\d\d|20\d\d)"
_ENDS = r"(?=$|[.,;?!)]| (?:and|or|in|with|by|at|on|that|which|for|from|to|of|near)\b)"
_BETWEEN = re.compile(rf"(?<![\w$€£.-])(?:between|from) (?P<first>{_OLD}) ?(?:-|to|and|until) ?(?P<last>{_ANY}){_ENDS}")
_BOUND = re.compile(
    rf"(?<![\w-])(?P<bound>before|prior to|earlier than|until|till|up to|after|later than|since|in|during) "
    rf"(?:the year )?(?P<year>{_OLD}){_ENDS}"
)


def read_old_years(reading: Reading) -> None:
    """Read bounds that are years before 1900 as DATE constraints, as those of later years are."""
    for found in reading.find(_BETWEEN):
        first, last = int(found["first"]), int(found["last"])
        if first <= last:
            _from(reading, found, first)
            _to(reading, found, last)
    for found in reading.find(_BOUND):
        year, bound = int(found["year"]), found["bound"]
        if bound in {"before", "prior to", "earlier than"}:
            _to(reading, found, year - 1)
        elif bound in {"until", "till", "up to"}:
            _to(reading, found, year)
        elif bound in {"in", "during"}:
            _from(reading, found, year)
            _to(reading, found, year)
        else:
            _from(reading, found, year if bound == "since" else year + 1)


def _from(reading: Reading, found: re.Match[str], year: int) -> None:
    reading.add(Topic.DATE, Relation.FROM, f"{year:04d}-01-01", found.span())


def _to(reading: Reading, found: re.Match[str], year: int) -> None:
    reading.add(Topic.DATE, Relation.TO, f"{year:04d}-12-31", found.span())
