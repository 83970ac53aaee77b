"""Asks probes of the study over the same broker as runs, under the same policy rules."""

from __future__ import annotations

import codecs

from domain.observation import Probe, ProbeAnswer
from domain.policy import Policy
from sandbox.broker import Broker
from sandbox.exchanges import Exchanges, Refused

BODY_CHARACTERS = 2_000_000


async def answer(probe: Probe, policy: Policy, *, broker: Broker, owner: str = "local") -> ProbeAnswer:
    """Return what the source says to one probe; redirects inside the policy are followed.

    Refusals, time-outs and broken answers are answers with ``error`` set and status 0.
    """
    exchanges = Exchanges(broker, policy, owner)
    fields = [[name, value] for name, value in probe.headers.items()]
    body = (probe.body or "").encode()
    try:
        reply = await exchanges.request(probe.method.upper(), probe.url, fields, body)
    except Refused as refused:
        return ProbeAnswer(probe=probe, error=exchanges.redactor.text(f"{refused.kind}: {refused}"))
    content_type = dict(reply.fields).get("content-type", "")
    text = reply.body.decode(_charset(content_type), "replace")
    return ProbeAnswer(
        probe=probe,
        status=reply.status,
        final_url=reply.url,
        content_type=content_type,
        response_headers={name: value for name, value in reply.fields if name != "set-cookie"},
        body=text[:BODY_CHARACTERS],
        truncated=len(text) > BODY_CHARACTERS,
    )


def _charset(content_type: str) -> str:
    """Return the named character set, or UTF-8 where none or an unknown one is named."""
    name = content_type.lower().partition("charset=")[2].partition(";")[0].strip(" \"'")
    try:
        return codecs.lookup(name).name if name else "utf-8"
    except LookupError:
        return "utf-8"
