"""Which further hosts a source's data seems to come from: proposals for a person, never a wider policy (LLM-4)."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from domain.observation import Observation, ProbeAnswer
from domain.policy import Policy

MOST = 5
DENIED = "denied:"


def hosts_outside(
    policy: Policy, observation: Observation, answers: Iterable[ProbeAnswer], *, private_hosts: tuple[str, ...]
) -> tuple[str, ...]:
    """Return hosts, with their port where it is not the usual one, that the policy keeps learning from.

    Two things count as a need: a probe that study wanted to ask there, and a request of the page itself to a private
    host that the operator's settings name. What a page merely loads (scripts, counters, pictures) is no need, and a
    private host that the settings do not name is never proposed.
    """
    asked = [answer.probe.url for answer in answers if answer.error.startswith(DENIED)]
    loaded = [denial.url for denial in observation.denials if _origin(denial.url) in private_hosts]
    found = dict.fromkeys(_origin(url) for url in (*asked, *loaded) if not policy.admits("GET", url))
    return tuple(host for host in found if host)[:MOST]


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2].lower() if parts.scheme in {"http", "https"} else ""
