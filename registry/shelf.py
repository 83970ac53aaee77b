"""What every use of the registry needs, handed from the door to the modules behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.ports import Clock
from registry.database import Database
from registry.rows import Verifier


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """What every change needs: the database, the keys behind the verifier, and the clock."""

    database: Database
    verifier: Verifier
    clock: Clock

    def now(self) -> datetime:
        """Return the time."""
        return self.clock.now()
