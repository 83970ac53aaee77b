"""Asks probes of the study over the same broker as runs, under the same policy rules."""

from __future__ import annotations

from domain.observation import Probe, ProbeAnswer
from domain.policy import Policy
from sandbox.broker import Broker
from sandbox.exchanges import Exchanges, Refused
from sandbox.facade.http.charset import text_of

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
    text = text_of(reply.body, content_type)
    return ProbeAnswer(
        probe=probe,
        status=reply.status,
        final_url=reply.url,
        content_type=content_type,
        response_headers={name: value for name, value in reply.fields if name != "set-cookie"},
        body=text[:BODY_CHARACTERS],
        truncated=len(text) > BODY_CHARACTERS,
    )
