"""What a tool has done and what it cost, against an agent that does the task each time."""

from __future__ import annotations

import math

import orjson

from domain.cost import Usage
from domain.errors import UnknownTool
from registry.database import Database, Row
from registry.rows import moment
from registry.values import ToolStats
from registry.visibility import VISIBLE, require_name

AGENT_TASK_USD = 0.10
"""Assumed price of one task done by an agent: some 30,000 input tokens of pages and 1,000 output tokens, at 3 and 15
dollars per million. Give your own where you know it."""


def stats(database: Database, name: str, owner: str, *, agent_task_usd: float = AGENT_TASK_USD) -> ToolStats:
    """Return the figures of a tool that the owner sees, over the runs that retention has kept.

    Raises:
        UnknownTool: there is none.
    """
    require_name(name)
    query = f"SELECT t.id, t.owner FROM tool t WHERE t.name = :name AND {VISIBLE}"  # noqa: S608 fixed parts only
    tool = database.one(query, name=name, owner=owner)
    if tool is None:
        raise UnknownTool(f"There is no tool {name[:80]!r} for this owner.")
    outcomes = database.all(
        "SELECT kind, outcome, COUNT(*) AS runs, SUM(rows) AS rows, SUM(bytes_in) AS bytes_in, MAX(started_at) AS last "
        "FROM run WHERE tool_id = :id GROUP BY kind, outcome ORDER BY kind, outcome",
        id=tool["id"],
    )
    calls = [row for row in outcomes if row["kind"] == "call"]
    count = sum(row["runs"] for row in calls)
    good = sum(row["runs"] for row in calls if row["outcome"] == "ok")
    usage, learn_ms = learning(database, tool["id"], tool["owner"], name)
    last = max((row["last"] for row in outcomes), default=None)
    return ToolStats(
        name=name,
        owner=tool["owner"],
        runs=sum(row["runs"] for row in outcomes),
        calls=count,
        success_rate=good / count if count else None,
        wall_p50_ms=percentile(database, tool["id"], count, 0.50),
        wall_p95_ms=percentile(database, tool["id"], count, 0.95),
        rows=sum(row["rows"] for row in calls),
        bytes_in=sum(int(row["bytes_in"]) for row in calls),
        bytes_per_call=sum(int(row["bytes_in"]) for row in calls) / count if count else 0.0,
        learn_cost_usd=usage.cost_usd,
        learn_tokens=usage.input_tokens + usage.output_tokens,
        learn_ms=learn_ms,
        agent_task_usd=agent_task_usd,
        saved_usd=good * agent_task_usd - usage.cost_usd,
        break_even_calls=max(1, math.ceil(usage.cost_usd / agent_task_usd)) if agent_task_usd > 0 else None,
        last_run_at=None if last is None else moment(last),
        outcomes=tally(outcomes),
    )


def tally(rows: list[Row]) -> dict[str, int]:
    """Return the number of runs by outcome."""
    found: dict[str, int] = {}
    for row in rows:
        found[row["outcome"]] = found.get(row["outcome"], 0) + row["runs"]
    return found


def percentile(database: Database, tool_id: int, calls: int, share: float) -> float | None:
    """Return the nearest-rank percentile of the calls' wall time in ms."""
    if calls == 0:
        return None
    row = database.one(
        "SELECT wall_ms FROM run WHERE tool_id = :id AND kind = 'call' ORDER BY wall_ms LIMIT 1 OFFSET :rank",
        id=tool_id,
        rank=max(0, math.ceil(share * calls) - 1),
    )
    return None if row is None else float(row["wall_ms"])


def learning(database: Database, tool_id: int, owner: str, name: str) -> tuple[Usage, float]:
    """Return what learning and repairing cost, and how long it took in ms.

    The versions' own provenance counts, and every model call of the ledger for this tool whose job made no version.
    """
    usage, milliseconds, jobs = Usage(), 0.0, set()
    for row in database.all("SELECT evidence FROM version WHERE tool_id = :id", id=tool_id):
        provenance = orjson.loads(row["evidence"])["provenance"]
        usage = usage.plus(Usage.model_validate(provenance["usage"]))
        milliseconds += sum(provenance["durations_ms"].values())
        jobs.add(provenance["job_id"])
    rows = database.all(
        "SELECT job_id, SUM(calls) AS calls, SUM(input_tokens) AS input_tokens, SUM(output_tokens) AS output_tokens, "
        "SUM(cost_usd) AS cost_usd FROM ledger WHERE tool = :name AND owner = :owner AND NOT cache_hit GROUP BY job_id",
        name=name,
        owner=owner,
    )
    for row in rows:
        if row["job_id"] is None or row["job_id"] not in jobs:
            usage = usage.plus(Usage(**{column: row[column] for column in Usage.model_fields}))
    return usage, milliseconds
