from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from domain.cost import LedgerEntry, Usage
from domain.errors import RegistryProblem, UnknownTool
from domain.ports import Ledger, ReplyCache
from domain.run import Outcome, RunError, RunKind
from registry import Collected, Registry, Retention, RunEntry, open_registry, sqlite
from registry.heads import TOOLS
from tests.registry.making import NOON, HeldClock, make_run, make_version
from tests.requirements import requirement

ROOT = Path(__file__).parents[2]


def entry(**changes: object) -> LedgerEntry:
    values: dict[str, object] = {
        "at": NOON,
        "provider": "openai",
        "model": "m",
        "stage": "plan",
        "prompt_version": "1",
        "usage": Usage(calls=1, input_tokens=1000, output_tokens=100, cost_usd=0.25),
        "price_table": "2027-05",
        "latency_ms": 900.0,
        "cache_hit": False,
        "job_id": "job-1",
    }
    return LedgerEntry.model_validate(values | changes)


@requirement("REG-5")
def test_a_run_is_kept_with_what_it_used_and_without_its_rows(registry: Registry) -> None:
    registry.publish(make_version(), actor="ann")
    error = RunError(code="run_failed", message="KeyError")
    registry.record_run(make_run(7, outcome=Outcome.FAILED, output=None, error=error))
    registry.flush()
    assert registry.runs("list_concerts", "local") == (
        RunEntry(
            id="run-7",
            tool="list_concerts",
            version=1,
            owner="local",
            kind="call",
            outcome="failed",
            error_code="run_failed",
            error_message="KeyError",
            arguments={"city": "Oakland"},
            rows=0,
            wall_ms=7.0,
            cpu_ms=1.0,
            memory_mb=20.0,
            requests=1,
            bytes_in=1000,
            started_at=NOON,
        ),
    )


def test_a_run_that_is_recorded_twice_counts_once(registry: Registry) -> None:
    registry.publish(make_version(), actor="ann")
    for _ in range(2):
        registry.record_run(make_run(1))
        registry.flush()
    assert registry.tools("local").entries[0].calls == 1


@requirement("REG-5")
def test_runs_from_many_threads_are_all_written(registry: Registry) -> None:
    registry.publish(make_version(), actor="ann")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: registry.record_run(make_run(number)), range(800)))
    registry.flush()
    assert registry.stats("list_concerts", "local").calls == 800


RECORD_AND_LEAVE = """
import sys
from pathlib import Path
from registry import open_registry
from tests.registry.making import make_run
with open_registry(sys.argv[1], keys_folder=Path(sys.argv[2])) as registry:
    for number in range(300):
        registry.record_run(make_run(number))
"""


@requirement("REG-5")
def test_a_clean_exit_loses_no_run(registry: Registry, address: str, tmp_path: Path) -> None:
    registry.publish(make_version(), actor="ann")
    subprocess.run([sys.executable, "-c", RECORD_AND_LEAVE, address, str(tmp_path / "keys")], cwd=ROOT, check=True)
    assert registry.stats("list_concerts", "local").calls == 300


class Heard(logging.Handler):
    """Sets an event at the first line of a log."""

    def __init__(self) -> None:
        super().__init__()
        self.event = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.event.set()


@requirement("REG-1", "REG-5")
def test_runs_wait_for_a_database_that_is_locked_and_are_written_then(
    opening: Callable[[], Registry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_S", 0.05)
    monkeypatch.setattr("registry.postgres.LOCK_TIMEOUT_MS", 50)
    registry, other = opening(), opening()
    registry.publish(make_version(), actor="ann")
    heard = Heard()
    logging.getLogger("registry.runs").addHandler(heard)
    try:
        with other.database.write() as session:
            session.lock(TOOLS)
            registry.record_run(make_run(1))
            assert heard.event.wait(30), "nobody said that the run waits"
    finally:
        logging.getLogger("registry.runs").removeHandler(heard)
    assert registry.stats("list_concerts", "local").calls == 1


def test_a_closed_registry_takes_no_runs(tmp_path: Path) -> None:
    registry = open_registry(tmp_path / "r.db")
    registry.close()
    with pytest.raises(RegistryProblem, match="closed"):
        registry.record_run(make_run())
    registry.close()


def test_long_arguments_are_cut(registry: Registry) -> None:
    registry.record_run(make_run(arguments={"text": "x" * 100_000}))
    registry.flush()
    assert len(str(registry.runs("list_concerts", "local")[0].arguments)) < 5000


def test_callers_of_a_shared_tool_see_their_own_runs_and_the_owner_all(registry: Registry) -> None:
    registry.publish(make_version(owner="ann"), actor="ann")
    registry.share("list_concerts", "ann", actor="ann")
    for number, owner in enumerate(("ann", "bob", "cid")):
        registry.record_run(make_run(number, owner=owner))
    registry.flush()
    assert len(registry.runs("list_concerts", "ann")) == 3
    assert [run.owner for run in registry.runs("list_concerts", "bob")] == ["bob"]


@requirement("REG-6")
def test_statistics_tell_use_speed_cost_and_break_even(registry: Registry) -> None:
    usage = Usage(calls=2, input_tokens=9000, output_tokens=1000, cost_usd=0.45)
    registry.publish(make_version(usage=usage), actor="ann")
    for number in range(1, 101):
        outcome = Outcome.OK if number <= 90 else Outcome.FAILED
        registry.record_run(make_run(number, outcome=outcome))
    registry.record_run(make_run(500, kind=RunKind.TRIAL))
    registry.ledger.record(entry(tool="list_concerts", job_id="repair-1"))
    registry.ledger.record(entry(tool="list_concerts", job_id="repair-1", cache_hit=True))
    found = registry.stats("list_concerts", "local", agent_task_usd=0.10)
    assert (found.runs, found.calls, found.success_rate) == (101, 100, 0.9)
    assert (found.wall_p50_ms, found.wall_p95_ms) == (50.0, 95.0)
    assert (found.rows, found.bytes_in, found.bytes_per_call) == (200, 100_000, 1000.0)
    assert (found.learn_tokens, round(found.learn_cost_usd, 6)) == (11_100, 0.70)
    assert (found.break_even_calls, round(found.saved_usd, 6)) == (7, 8.3)
    assert found.outcomes == {"ok": 91, "failed": 10}


def test_statistics_of_a_tool_that_never_ran(registry: Registry) -> None:
    registry.publish(make_version(), actor="ann")
    found = registry.stats("list_concerts", "local")
    assert (found.calls, found.success_rate, found.wall_p50_ms, found.break_even_calls) == (0, None, None, 1)
    with pytest.raises(UnknownTool):
        registry.stats("nothing", "local")


@requirement("LLM-3")
def test_the_ledger_sums_by_job_and_since_a_time(registry: Registry) -> None:
    ledger: Ledger = registry.ledger
    later = entry(at=NOON + timedelta(hours=2), job_id="job-2")
    for each in (entry(), entry(), later, entry(cache_hit=True)):
        ledger.record(each)
    assert ledger.spent(job_id="job-1") == Usage(calls=2, input_tokens=2000, output_tokens=200, cost_usd=0.5)
    assert ledger.spent(since=NOON + timedelta(hours=1)).calls == 1
    assert ledger.spent().calls == 3
    assert ledger.spent(job_id="none") == Usage()
    assert registry.ledger.entries(job_id="job-2") == (later,)


@requirement("LLM-3")
def test_a_reply_is_kept_for_an_hour(registry: Registry, clock: HeldClock) -> None:
    cache: ReplyCache = registry.reply_cache
    cache.put("key", '{"a": 1}')
    clock.at = NOON + timedelta(minutes=59)
    assert cache.get("key") == '{"a": 1}'
    assert cache.get("other") is None
    clock.at = NOON + timedelta(minutes=60)
    assert cache.get("key") is None
    cache.put("key", "{}")
    assert cache.get("key") == "{}"


@requirement("REG-5")
def test_records_older_than_their_retention_are_collected(registry: Registry, clock: HeldClock) -> None:
    registry.publish(make_version(), actor="ann")
    registry.record_run(make_run(1))
    registry.ledger.record(entry())
    registry.reply_cache.put("key", "{}")
    clock.at = NOON + timedelta(days=11)
    registry.record_run(make_run(2, started_at=clock.at))
    collected = registry.gc(Retention(runs_days=10, audit_days=10, ledger_days=10), actor="ann")
    assert collected == Collected(runs=1, audit=2, ledger=1, replies=1)
    assert [run.id for run in registry.runs("list_concerts", "local")] == ["run-2"]
    assert [each.action for each in registry.audit()] == ["gc"]
    assert registry.tool("list_concerts", "local").number == 1
