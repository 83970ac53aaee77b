"""The states of a version and the moves between them: one table, read by everything that moves a version."""

from __future__ import annotations

from domain.errors import IllegalMove
from domain.workflow import Status

MOVES: dict[Status, frozenset[Status]] = {
    Status.DRAFT: frozenset({Status.VALIDATED, Status.QUARANTINED}),
    Status.VALIDATED: frozenset({Status.PUBLISHED, Status.QUARANTINED}),
    Status.PUBLISHED: frozenset({Status.DEPRECATED, Status.QUARANTINED}),
    Status.DEPRECATED: frozenset({Status.PUBLISHED, Status.QUARANTINED}),  # published again: rollback
    Status.QUARANTINED: frozenset({Status.DEPRECATED}),  # released by a person, then rolled back to
}

REMEDIES: dict[Status, str] = {
    Status.DRAFT: "A draft is proved by trial runs first; call it once, or learn the tool again.",
    Status.VALIDATED: "Publish it, or quarantine it.",
    Status.PUBLISHED: "It is published already; deprecate or quarantine it, or roll back to another version.",
    Status.DEPRECATED: "Roll back to it to publish it again.",
    Status.QUARANTINED: "Release it first: main.py tools deprecate NAME --version N, then roll back to it.",
}


def require_move(before: Status, after: Status, *, name: str, number: int) -> None:
    """Refuse a move that the table does not have.

    Raises:
        IllegalMove: with the way that is open from the present state.
    """
    if after not in MOVES[before]:
        raise IllegalMove(
            f"Version {number} of {name} is {before} and cannot become {after}.",
            remedy=REMEDIES[before],
            before=before.value,
            after=after.value,
        )
