"""The shape of a model's plan: choices among what was found, names and short texts; nothing else.

There is no place in it for hosts, methods, addresses, selectors or permissions: what a page might
talk a model into cannot be said here.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from domain.plan import FieldType
from domain.values import Value


class Use(StrEnum):
    """How a parameter's value is applied to columns."""

    KEYWORDS = "keywords"
    ANY_KEYWORD = "any_keyword"
    EXCLUDE = "exclude"
    PLACE = "place"
    RADIUS_MILES = "radius_miles"
    DATE_FROM = "date_from"
    DATE_TO = "date_to"
    AT_MOST = "at_most"
    LESS_THAN = "less_than"
    AT_LEAST = "at_least"
    MORE_THAN = "more_than"
    CURRENCY = "currency"
    IS_TRUE = "is_true"
    EQUALS = "equals"
    NOT_EQUALS = "not_equals"
    CONTAINS = "contains"
    SEARCH = "search"
    FORM = "form"


class FieldChoice(Value):
    """A column that becomes an output field."""

    column: str
    name: str


class ParameterChoice(Value):
    """A parameter of the tool; ``columns`` and ``source`` are ids."""

    name: str
    use: Use
    columns: list[str]
    source: str | None
    default: str | float | bool | list[str] | None
    true_values: list[str]
    description: str


class CodeField(Value):
    """A field that the workflow's code must read, when no candidate holds it."""

    name: str
    type: FieldType
    description: str


class Question(Value):
    """What must be asked back."""

    text: str
    field: str
    choices: list[str]


class PlanReply(Value):
    """A model's whole reply to the plan prompt."""

    candidate: str | None
    reason: str
    tool_name: str
    title: str
    description: str
    fields: list[FieldChoice]
    parameters: list[ParameterChoice]
    sort: list[str]
    limit: int | None
    page_covers: list[str]
    example_queries: list[str]
    confidence: float
    question: Question | None
    method: Literal["api", "browser"]
    steps: list[str]
    code_fields: list[CodeField]
