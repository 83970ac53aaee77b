"""A path that names one object gives one record."""

from __future__ import annotations

import pytest

from sandbox.facade.kit.errors import SourceChanged
from sandbox.facade.kit.paths import records
from tests.requirements import requirement


@requirement("GEN-4", "IMPORT-1")
def test_an_object_is_one_record_and_a_list_its_elements() -> None:
    assert records({"id": 1}, "{}") == [{"id": 1}]
    assert records({"data": {"id": 1}}, "data{}") == [{"id": 1}]
    assert records({"data": [{"id": 1}, {"id": 2}]}, "data{}") == [{"id": 1}, {"id": 2}]


@requirement("GEN-4")
def test_nothing_where_one_record_must_be_is_a_changed_source() -> None:
    with pytest.raises(SourceChanged):
        records({"other": 1}, "data{}")
