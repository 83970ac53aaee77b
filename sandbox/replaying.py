"""Answers from a recording: the requests of a run that is replayed offline.

Everything above the wire is as in any run: the policy, the limits, the redirects. No name is resolved, no
connection is opened, no secret and no cookie is sent. Pages are answered by ``browsers_tape``.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterable

from domain.observation import Exchange
from domain.policy import Policy
from sandbox.broker import Broker
from sandbox.exchanges import Ask, Exchanges, Refused, Reply

_CHARSET = re.compile(r"charset=[\"']?[\w.:-]+[\"']?", re.IGNORECASE)


class Replayed(Exchanges):
    """All requests of one run, answered from a recording.

    Each recorded exchange answers once; those of the same method, address and body answer in their order, so that a
    retry gets what it got. A request that none is left for is refused and noted in ``unknown``.
    """

    def __init__(self, broker: Broker, policy: Policy, owner: str, recorded: Iterable[Exchange]) -> None:
        super().__init__(broker, policy, owner)
        self.played = tuple(recorded)
        self._left: defaultdict[tuple[str, str, str], deque[Exchange]] = defaultdict(deque)
        for exchange in self.played:
            self._left[exchange.method, exchange.url, exchange.request_body or ""].append(exchange)

    async def _fetch(self, ask: Ask, timeout_s: float | None) -> Reply:
        del timeout_s
        url = self.redactor.text(ask.target.url)
        key = (ask.method, url, self.redactor.text(ask.body.decode("utf-8", "replace")))
        left = self._left.get(key)
        if not left:
            how = "more often than it was recorded" if left is not None else "which was not recorded"
            self.unknown = self.unknown or f"The workflow asked something new: {ask.method} {url[:500]}, {how}."
            raise Refused("denied", self.unknown, ask.target.host)
        found = left.popleft()
        body = found.body.encode()
        self.bytes_in += len(body)
        fields = list(in_utf8(found.response_headers, body).items())
        return Reply(status=found.status, url=ask.target.url, fields=fields, body=body)


def in_utf8(headers: dict[str, str], body: bytes) -> dict[str, str]:
    """Return the header fields of a recorded body, which is sent again in UTF-8 however it once came.

    Figures and plain letters read the same in every encoding of the web but UTF-16: their fields stay as they were.
    """
    kind = headers.get("content-type", "")
    if body.isascii() and "utf-16" not in kind.lower():
        return headers
    if _CHARSET.search(kind):
        return {**headers, "content-type": _CHARSET.sub("charset=utf-8", kind)}
    marked_up = kind.partition(";")[0].strip().lower().endswith(("html", "xml"))  # they may declare it themselves
    return {**headers, "content-type": f"{kind}; charset=utf-8"} if marked_up else headers
