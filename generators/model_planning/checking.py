"""What a plan reply must keep to, beyond its shape; every breach goes back to the model in words."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from domain.errors import InvalidQuery
from domain.meaning.dates import resolve
from domain.meaning.words import fold
from domain.observation import Column
from domain.plan import FieldType, Intent, Topic
from domain.tool import RESERVED_NAMES
from generators.llm import Problem
from generators.model_planning.offer import Offer
from generators.model_planning.reply import ParameterChoice, PlanReply, Use
from generators.prompts import foreign_script, unsafe_wording

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,40}")
_TOOL_NAME: Final = re.compile(r"[a-z][a-z0-9_]{2,60}")
_TAKEN: Final = frozenset(
    {"copy", "json", "dict", "schema", "validate", "construct", "fields", "rows", "limit", "sort"}
)
_MOST_FIELDS: Final = 25
_MOST_PARAMETERS: Final = 16
_MOST_STEPS: Final = 12
_NUMBERS: Final = (FieldType.INTEGER, FieldType.NUMBER, FieldType.PRICE)
_MOMENTS: Final = (FieldType.DATE, FieldType.DATETIME, FieldType.STRING)
_LISTS: Final = frozenset({Use.KEYWORDS, Use.ANY_KEYWORD, Use.EXCLUDE})
_BOUNDS: Final = frozenset({Use.AT_MOST, Use.LESS_THAN, Use.AT_LEAST, Use.MORE_THAN})
_DAYS: Final = frozenset({Use.DATE_FROM, Use.DATE_TO})
_WORDS: Final = frozenset({Use.PLACE, Use.CURRENCY, Use.CONTAINS, Use.DATE_FROM, Use.DATE_TO})
_SERVING: Final[dict[Topic, frozenset[Use]]] = {
    Topic.PLACE: frozenset({Use.PLACE, Use.EQUALS, Use.CONTAINS, Use.SEARCH, Use.FORM, Use.KEYWORDS}),
    Topic.DISTANCE: frozenset({Use.RADIUS_MILES, Use.FORM, Use.SEARCH}),
    Topic.DATE: frozenset({*_DAYS, Use.SEARCH, Use.FORM, Use.EQUALS}),
    Topic.PRICE: frozenset({*_BOUNDS, Use.FORM, Use.SEARCH}),
    Topic.FREE: frozenset({Use.IS_TRUE, Use.EQUALS, Use.SEARCH, Use.FORM, *_BOUNDS}),
    Topic.ONLINE: frozenset({Use.IS_TRUE, Use.EQUALS, Use.NOT_EQUALS, Use.CONTAINS, Use.SEARCH, Use.FORM}),
    Topic.AVAILABILITY: frozenset({Use.IS_TRUE, Use.EQUALS, Use.NOT_EQUALS, Use.SEARCH, Use.FORM, *_BOUNDS}),
}


def problems_of(
    reply: PlanReply, offer: Offer, intent: Intent, *, today: date, seen: str, logs_in: bool = False
) -> Iterator[Problem]:
    """Yield everything that is wrong with a reply; ``seen`` is all the source text that the model was shown."""
    yield from _wording(reply, intent.text, seen, logs_in=logs_in)
    columns = columns_of(reply, offer)
    if reply.candidate is None:
        yield from _code_problems(reply)
    elif reply.candidate not in offer.candidates:
        yield Problem(
            where="candidate", what=f"unknown; choose among {', '.join(offer.candidates) or 'none, use null'}"
        )
        return
    else:
        yield from _field_problems(reply, columns)
    yield from _unique("parameters", [p.name for p in reply.parameters], _MOST_PARAMETERS)
    for number, parameter in enumerate(reply.parameters):
        yield from _parameter_problems(f"parameters.{number}", parameter, columns, offer, today)
    for number, key in enumerate(reply.sort):
        if key.removeprefix("-") not in columns:
            yield Problem(where=f"sort.{number}", what="not a column of the chosen candidate")
    if not 1 <= (reply.limit or 1) <= 1000:
        yield Problem(where="limit", what="must be 1 to 1000 or null")
    yield from _unserved(reply, intent)


def columns_of(reply: PlanReply, offer: Offer) -> dict[str, Column]:
    """Return what column ids of the reply can mean: those of its candidate, or its own code fields."""
    if reply.candidate is None:
        return {f.name: Column(name=f.name, locator="", type=f.type) for f in reply.code_fields}
    return {name: column for name, column in offer.columns.items() if name.rstrip("0123456789") == reply.candidate}


def _wording(reply: PlanReply, question: str, seen: str, *, logs_in: bool) -> Iterator[Problem]:
    if not _TOOL_NAME.fullmatch(reply.tool_name) or reply.tool_name in RESERVED_NAMES:
        yield Problem(where="tool_name", what="3 to 60 of a-z, 0-9 and _, beginning with a letter; some are taken")
    texts = [("title", reply.title, 80), ("description", reply.description, 400)]
    texts += [(f"parameters.{n}.description", p.description, 200) for n, p in enumerate(reply.parameters)]
    texts += [(f"code_fields.{n}.description", f.description, 200) for n, f in enumerate(reply.code_fields)]
    texts += [(f"steps.{n}", text, 200) for n, text in enumerate(reply.steps)]
    texts += [(f"example_queries.{n}", text, 120) for n, text in enumerate(reply.example_queries)]
    if reply.question is not None:
        texts += [("question.text", reply.question.text, 200)]
        texts += [(f"question.choices.{n}", text, 80) for n, text in enumerate(reply.question.choices)]
    for where, text, longest in texts:
        copied = seen if where in {"title", "description"} else ""
        wrong = unsafe_wording(text, longest=longest, seen=copied, logs_in=logs_in and where.startswith("steps"))
        if wrong:
            yield Problem(where=where, what=wrong)
    if not reply.title.strip() or not reply.description.strip():
        yield Problem(where="description", what="title and description must say something")
    if foreign_script(f"{reply.title} {reply.description}", question):
        yield Problem(where="description", what="write in the language of the question")


def _field_problems(reply: PlanReply, columns: dict[str, Column]) -> Iterator[Problem]:
    yield from _unique("fields", [f.name for f in reply.fields], _MOST_FIELDS)
    if not reply.fields:
        yield Problem(where="fields", what="choose at least one column")
    for number, choice in enumerate(reply.fields):
        if choice.column not in columns:
            yield Problem(where=f"fields.{number}.column", what="not a column of the chosen candidate")


def _code_problems(reply: PlanReply) -> Iterator[Problem]:
    yield from _unique("code_fields", [f.name for f in reply.code_fields], _MOST_FIELDS)
    if not reply.code_fields or not 1 <= len(reply.steps) <= _MOST_STEPS:
        yield Problem(where="candidate", what="null needs code_fields and 1 to 12 steps; else choose a candidate")


def _unique(where: str, names: Sequence[str], most: int) -> Iterator[Problem]:
    if len(names) > most:
        yield Problem(where=where, what=f"at most {most}")
    for number, name in enumerate(names):
        if not _NAME.fullmatch(name) or name in _TAKEN or keyword.iskeyword(name) or name.startswith("model_"):
            yield Problem(where=f"{where}.{number}.name", what="not a usable snake_case name, or taken")
        elif name in names[:number]:
            yield Problem(where=f"{where}.{number}.name", what="used twice")


def _parameter_problems(
    where: str, choice: ParameterChoice, columns: dict[str, Column], offer: Offer, today: date
) -> Iterator[Problem]:
    unknown = [c for c in choice.columns if c not in columns]
    if unknown:
        yield Problem(where=f"{where}.columns", what="not columns of the chosen candidate")
        return
    if choice.use is Use.FORM and choice.source not in offer.forms:
        yield Problem(where=f"{where}.source", what="form needs the id of a form field")
    elif choice.use is Use.SEARCH and choice.source not in offer.sources:
        yield Problem(where=f"{where}.source", what="search needs the id of a source parameter")
    elif choice.source is not None and choice.source not in {*offer.sources, *offer.forms}:
        yield Problem(where=f"{where}.source", what="unknown; null if there is none")
    wrong = _columns_wrong(choice.use, [columns[c] for c in choice.columns], choice)
    if wrong:
        yield Problem(where=f"{where}.columns", what=wrong)
    wrong = _default_wrong(choice, today)
    if wrong:
        yield Problem(where=f"{where}.default", what=wrong)


def _columns_wrong(use: Use, columns: list[Column], choice: ParameterChoice) -> str:
    if use in {Use.SEARCH, Use.FORM, Use.PLACE}:
        return ""
    if not columns:
        return f"{use.value} needs a column"
    types = [c.type for c in columns]
    if use is Use.RADIUS_MILES and (len(columns) != 2 or any(t not in _NUMBERS for t in types)):
        return "radius_miles needs the latitude and the longitude column, both numbers"
    if use in _BOUNDS and types[0] not in _NUMBERS:
        return f"{use.value} needs a number column"
    if use in _BOUNDS and (len(columns) > 2 or (len(columns) == 2 and types[1] is not FieldType.BOOLEAN)):
        return f"{use.value} takes a number column and, second, a yes/no column that says free"
    if use in _DAYS and types[0] not in _MOMENTS:
        return f"{use.value} needs a date column"
    if use is Use.IS_TRUE and types[0] is not FieldType.BOOLEAN:
        known = {fold(v) for v in columns[0].values}
        if not choice.true_values or not {fold(v) for v in choice.true_values} <= known:
            return "is_true over text needs true_values among the column's values"
    return ""


def _default_wrong(choice: ParameterChoice, today: date) -> str:
    default = choice.default
    if default is None or default == []:
        return ""
    if choice.use in _LISTS:
        return (
            "" if isinstance(default, list) and all(w.strip() for w in default) else "must be a list of words or null"
        )
    if isinstance(default, list):
        return "only keyword uses take a list"
    if choice.use in _BOUNDS or choice.use is Use.RADIUS_MILES:
        return "" if isinstance(default, float | int) and not isinstance(default, bool) else "must be a number or null"
    if choice.use is Use.IS_TRUE:
        return "" if isinstance(default, bool) else "must be true, false or null"
    if choice.use in _WORDS and not isinstance(default, str):
        return "must be text or null"
    if choice.use in _DAYS:
        try:
            resolve(str(default), today)
        except InvalidQuery:
            return 'must be an ISO date or a phrase such as "this weekend"'
    return ""


def _unserved(reply: PlanReply, intent: Intent) -> Iterator[Problem]:
    """What the question surely demands must be some parameter's default, or be what the page is about."""
    if reply.question is not None:
        return
    covered = f" {fold(' '.join(reply.page_covers))} "
    used = {p.use for p in reply.parameters if p.default not in (None, [])}
    for constraint in intent.constraints:
        serving = _SERVING.get(constraint.topic)
        told = {fold(constraint.span), fold(str(constraint.value))} - {""}
        if serving and not serving & used and not any(f" {t} " in covered for t in told):
            what = (
                f"the question says {constraint.span!r} ({constraint.topic.value}), but no parameter has it as default"
            )
            yield Problem(where="parameters", what=what)
