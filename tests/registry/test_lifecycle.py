from __future__ import annotations

import pytest

from domain.errors import IllegalMove
from domain.workflow import Status
from registry.lifecycle import MOVES, REMEDIES, require_move
from tests.requirements import requirement

LEGAL = {
    ("draft", "validated"),
    ("draft", "quarantined"),
    ("validated", "published"),
    ("validated", "quarantined"),
    ("published", "deprecated"),
    ("published", "quarantined"),
    ("deprecated", "published"),
    ("deprecated", "quarantined"),
    ("quarantined", "deprecated"),
}


@requirement("REG-2")
@pytest.mark.parametrize("before", Status)
@pytest.mark.parametrize("after", Status)
def test_exactly_the_legal_moves_are_allowed(before: Status, after: Status) -> None:
    if (before.value, after.value) in LEGAL:
        require_move(before, after, name="t", number=1)
        return
    with pytest.raises(IllegalMove) as caught:
        require_move(before, after, name="t", number=1)
    assert caught.value.facts == {"before": before.value, "after": after.value}
    assert caught.value.remedy == REMEDIES[before]


def test_every_state_has_its_moves_and_its_remedy() -> None:
    assert set(MOVES) == set(REMEDIES) == set(Status)
