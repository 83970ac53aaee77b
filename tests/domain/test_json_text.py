"""JSON as sites write it."""

from __future__ import annotations

import pytest

from domain.json_text import read_json
from tests.requirements import requirement


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        (")]}',\n[1, 2]", [1, 2]),
        ('\ufeff {"a": 1}', {"a": 1}),
        ('{"id": 0}\n{"id": 1}\n\n', [{"id": 0}, {"id": 1}]),
    ],
)
@requirement("LEARN-6")
def test_json_is_read_as_sites_write_it(text: str, value: object) -> None:
    assert read_json(text) == value


@pytest.mark.parametrize("text", ["", "hello", '"text"', '{"a": 1', "<html>", '{"a": 1}\nno\n', "[" * 100_000])
@requirement("LEARN-6")
def test_what_is_no_json_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_json(text)
