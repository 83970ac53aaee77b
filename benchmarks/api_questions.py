"""Questions to a described API: the requests that the planner's plans would send, beside those that are right.

Run: python -m benchmarks.api_questions

The mock server's own questions (``targets/prism/queries.json`` of AGENT_SCHOOL_SHARED) are planned with its answers.
"""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from benchmarks.figures import Figure, print_figures
from benchmarks.prism import folder, serving
from benchmarks.targets import shared
from domain.errors import SchoolError
from domain.observation import Observation, Probe, ProbeAnswer
from domain.plan import Plan, Query, SourceBinding
from generators.language import understand
from generators.openapi import described_source
from generators.planner import plan
from generators.study import study

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
QUESTIONED = "ticketmaster.com/discovery.json"


async def asked() -> list[Figure]:
    """Put the target's questions to the planner and compare requests."""
    async with serving(folder() / QUESTIONED) as site:
        return await asyncio.to_thread(_all_asked, site)


def _all_asked(site: str) -> list[Figure]:
    text = (folder() / QUESTIONED).read_text()
    questions = json.loads((shared() / "prism" / "queries.json").read_text())
    observation = described_source(text, site=site, captured_at=NOW)
    return [_compared(one, observation, site) for one in questions]


def _compared(question: dict[str, Any], observation: Observation, site: str) -> Figure:
    method, path, values, status = question["expect"]["rows"][0]
    what = f"{question['id']}: {question['query']}"
    expected = f"{method} {path} {json.dumps(values)} → {status}"
    try:
        made = _planned(question["query"], observation, site)
    except SchoolError as problem:
        right = status == 422 and problem.code == "needs_input"
        return Figure(what=what, measured=f"{problem.code}: {problem.message}", asked=expected, reached=right)
    sent, address = _sent(made)
    right = urlsplit(address).path == path and sent == values and made.records.request.method == method
    return Figure(
        what=what, measured=f"{made.records.request.method} {address} {json.dumps(sent)}", asked=expected, reached=right
    )


def _planned(text: str, observation: Observation, site: str) -> Plan:
    intent = understand(text, NOW)
    answers: tuple[ProbeAnswer, ...] = ()
    findings = study(observation, intent, answers)
    for _ in range(6):
        if not findings.probes:
            break
        answers += tuple(_answer(p) for p in findings.probes)
        findings = study(observation, intent, answers)
    return plan(Query(text=text, site=site), intent, findings, observation, now=NOW)[0]


def _answer(probe: Probe) -> ProbeAnswer:
    request = urllib.request.Request(probe.url, headers=probe.headers, method=probe.method)
    try:
        with urllib.request.urlopen(request, timeout=10) as got:
            return ProbeAnswer(probe=probe, status=got.status, final_url=probe.url, body=got.read().decode())
    except urllib.error.HTTPError as refused:
        return ProbeAnswer(probe=probe, status=refused.code, final_url=probe.url)
    except OSError as problem:
        return ProbeAnswer(probe=probe, error=str(problem))


def _sent(made: Plan) -> tuple[dict[str, str], str]:
    """The query values and the address of the question's own request, days at their first and last second."""
    sent, address = {}, made.records.request.url
    for parameter in made.parameters:
        for binding in parameter.bindings:
            if not isinstance(binding, SourceBinding) or parameter.default is None:
                continue
            value = str(parameter.default)
            if binding.encoding == "datetime":
                value += "T23:59:59Z" if parameter.name == "date_to" else "T00:00:00Z"
            if binding.location == "path":
                address = address.replace("{" + binding.name + "}", value)
            else:
                sent[binding.name] = value
    return sent, address


def main() -> None:
    """Measure and print."""
    figures = asyncio.run(asked())
    print_figures("Questions to a described API", figures)
    print(f"{sum(f.reached is True for f in figures)} of {len(figures)} right")


if __name__ == "__main__":
    main()
