"""What the planner has on its desk for one candidate: its columns, what its source takes, and what was bound so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from domain.observation import Column, EndpointParameter, Observation, RecordCandidate
from domain.plan import Binding, Constraint, Intent, Parameter, Relation, SourceBinding, Topic
from generators.sources.roles import Role, first, playing

OFFERED_FILL: Final = 0.1
"""Share of records that must have a column for it to be offered, or put out, unasked."""


@dataclass(kw_only=True)
class Desk:
    """The working state of planning for one candidate; ``unserved`` are constraints that nothing could serve."""

    candidate: RecordCandidate
    columns: tuple[Column, ...]
    taken: tuple[EndpointParameter, ...]
    intent: Intent
    observation: Observation
    parameters: dict[str, Parameter] = field(default_factory=dict)
    needed: list[str] = field(default_factory=list)
    unserved: list[Constraint] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    detail: RecordCandidate | None = None
    detail_names: frozenset[str] = frozenset()

    def first(self, role: Role) -> Column | None:
        """Return the best column for a part."""
        return first(self.columns, role)

    def common(self, role: Role) -> Column | None:
        """Return the best column for a part if enough records have it to offer a parameter that nobody asked for."""
        column = first(self.columns, role)
        return column if column is not None and column.fill >= OFFERED_FILL else None

    def playing(self, role: Role) -> tuple[Column, ...]:
        """Return all columns for a part, best first."""
        return playing(self.columns, role)

    def add(self, parameter: Parameter, *columns: Column) -> None:
        """Put a parameter on the desk and remember which columns it needs; what was asked is not undone by an offer."""
        known = self.parameters.get(parameter.name)
        if known is not None and known.default is not None and parameter.default is None:
            return
        self.parameters[parameter.name] = parameter
        self.need(*columns)

    def need(self, *columns: Column) -> None:
        """Remember columns that must be among the output fields."""
        self.needed += [c.name for c in columns if c.name not in self.needed]

    def sources(self, columns: Sequence[Column], relation: Relation) -> tuple[Binding, ...]:
        """Return bindings to the source's parameters whose effect on one of the columns was shown."""
        names = {c.name for c in columns}
        for taken in self.taken:
            if taken.proven and taken.relation is relation and set(taken.columns) & names:
                return (source_binding(taken),)
        return ()


def source_binding(taken: EndpointParameter) -> SourceBinding:
    """Return the binding to a source's parameter; labels go through its own values where they differ."""
    mapping = {label: value for label, value in taken.mapping.items() if label != value}
    if not mapping:
        return SourceBinding(location=taken.location, name=taken.name)
    return SourceBinding(location=taken.location, name=taken.name, encoding="map", mapping=mapping)


def asked(intent: Intent, topic: Topic, *relations: Relation) -> list[Constraint]:
    """Return the question's constraints of a topic, of some relations where given."""
    return [c for c in intent.about(topic) if not relations or c.relation in relations]


def spoken(column: Column) -> str:
    """Return a column's name in words."""
    return column.name.replace("_", " ")


def listed(columns: Sequence[Column]) -> str:
    """Return the names of the first columns in words."""
    return ", ".join(spoken(c) for c in columns[:6])
