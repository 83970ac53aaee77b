"""How long records are kept, and taking away what is older."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.values import Value
from registry import audit
from registry.database import Database
from registry.ledger import JOB_REPLY, JOB_REPLY_AGE, REPLY_AGE
from registry.rows import timestamp
from registry.values import Collected


class Retention(Value):
    """Days that each kind of record is kept. Versions are kept until a person deletes their tool."""

    runs_days: int = 90
    audit_days: int = 730
    ledger_days: int = 730


def collect(database: Database, retention: Retention, *, now: datetime, actor: str) -> Collected:
    """Delete records that are older than their retention, and say how many."""

    def before(age: timedelta) -> str:
        return timestamp(now - age)

    with database.write() as session:
        collected = Collected(
            runs=session.run(
                "DELETE FROM run WHERE started_at < :oldest", oldest=before(timedelta(days=retention.runs_days))
            ),
            audit=session.run(
                "DELETE FROM audit WHERE at < :oldest", oldest=before(timedelta(days=retention.audit_days))
            ),
            ledger=session.run(
                "DELETE FROM ledger WHERE at < :oldest", oldest=before(timedelta(days=retention.ledger_days))
            ),
            replies=session.run(
                "DELETE FROM reply WHERE at < :oldest AND (key NOT LIKE :jobs OR at < :oldest_of_jobs)",
                oldest=before(REPLY_AGE),
                jobs=f"{JOB_REPLY}%",
                oldest_of_jobs=before(JOB_REPLY_AGE),
            ),
        )
        audit.write(session, at=now, actor=actor, action="gc", facts=collected.model_dump())
    return collected
