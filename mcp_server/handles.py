"""What observe_source saw, kept for a while for its owner: bounded in number, gone after its time."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.errors import UsageProblem

if TYPE_CHECKING:  # what observing needs is loaded when it is needed
    from school.author import Observed

PER_OWNER = 4
IN_ALL = 24
LIVES_S = 3600.0


class UnknownHandle(UsageProblem):
    """No source is kept under this handle for this owner."""

    code = "unknown_handle"
    default_remedy = "Call observe_source again; a handle is kept for an hour, and only the latest four."


@dataclass(frozen=True, kw_only=True)
class _Kept:
    owner: str
    until: float
    observed: Observed


class Handles:
    """The latest observed sources of this process. For any other owner than its own, a handle does not exist.

    ``clock`` tells seconds that never fall.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def keep(self, owner: str, observed: Observed) -> str:
        """Keep a source and return its handle; the owner's oldest goes when there are too many."""
        handle = f"source_{secrets.token_urlsafe(12)}"
        self._kept[handle] = _Kept(owner=owner, until=self._clock() + LIVES_S, observed=observed)
        mine = [name for name, kept in self._kept.items() if kept.owner == owner]
        gone = [*mine[:-PER_OWNER], *(n for n, kept in self._kept.items() if kept.until <= self._clock())]
        for name in gone:
            self._kept.pop(name, None)
        while len(self._kept) > IN_ALL:
            self._kept.popitem(last=False)
        return handle

    def get(self, owner: str, handle: str) -> Observed:
        """Return the source.

        Raises:
            UnknownHandle: it is gone, another's, or never was.
        """
        kept = self._kept.get(handle)
        if kept is None or kept.owner != owner or kept.until <= self._clock():
            raise UnknownHandle("No source is kept under this handle.")
        return kept.observed
