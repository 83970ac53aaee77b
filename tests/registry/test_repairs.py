from __future__ import annotations

import pytest

from domain.errors import UnknownTool
from registry import Registry
from registry.repairs import note_repair
from tests.registry.making import make_version
from tests.requirements import requirement


@requirement("PROVE-6", "REG-5")
def test_a_repair_is_noted_once_for_one_job_and_each_time_without_one(registry: Registry) -> None:
    registry.publish(make_version(), actor="ann")
    for job_id in ("job_a", "job_a", "job_b", None, None):
        note_repair(
            registry.shelf, "list_concerts", "local", 1, actor="ann", job_id=job_id, facts={"reason": "it changed"}
        )
    noted = [entry.facts for entry in reversed(registry.audit()) if entry.action == "repair"]
    assert noted == [{"reason": "it changed", "job": job_id} for job_id in ("job_a", "job_b", None, None)]
    with pytest.raises(UnknownTool):
        note_repair(registry.shelf, "list_concerts", "local", 2, actor="ann", job_id="job_a", facts={})
