"""Class names are told apart: what an element is, and what only a build or a state left."""

from __future__ import annotations

import pytest

from generators.induction.classes import is_selectable, is_stable, is_utility
from tests.requirements import requirement


@requirement("LEARN-4")
@pytest.mark.parametrize(
    "name",
    [
        *("css-1a2b3c", "jsx-3241", "sc-bdVaJa", "card__x9Kp2", "Card_root__aB3xZ", "svelte-1xyz", "_3k2Jd", "a1b2c3"),
        *("hqlmzx", "active", "is-open", "item-odd", "row-1024", "kXyZaQ"),
    ],
)
def test_hashed_and_state_names_are_not_stable(name: str) -> None:
    assert not is_selectable(name)


@requirement("LEARN-4")
@pytest.mark.parametrize(
    "name",
    [
        "card",
        "product-title",
        "eventCard",
        "views-row",
        "btn-primary",
        "result_list",
        "thumbs",
        "searchResultItem",
        "col2",
    ],
)
def test_names_with_a_meaning_are_stable(name: str) -> None:
    assert is_stable(name)


@pytest.mark.parametrize("name", ["mt-4", "md:w-1/2", "text-sm", "flex", "col-6"])
def test_names_for_looks_are_told_as_such(name: str) -> None:
    assert is_utility(name)
