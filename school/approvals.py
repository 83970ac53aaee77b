"""What needs a person's approval (MCP-5), and what happens once it is given.

Five kinds: ``review``, a first version where AGENT_SCHOOL_REVIEW is ``required``; ``host``, a further host for the
tools of a site; ``method``, sending forms to a site beside reading it; ``write``, a call of a tool that changes
something at its site; ``policy``, what a tool of a client's own author may ask, before it is published. An approval
comes from elicitation, from the terminal or from an admin key; who may give one is decided where it comes in, never
here.
"""

from __future__ import annotations

import sys
from typing import Any
from urllib.parse import urlsplit

import typer

from domain.errors import APPROVAL, IllegalMove, NeedsApproval, NotConfirmed, UnknownTool
from domain.policy import Method, Policy
from domain.values import JsonObject
from domain.workflow import Status, WorkflowVersion
from registry import Profile, ReplayBundle
from registry.approvals import approve, approved, keep_waiting, subjects
from school.app import School

HOST, WRITE, REVIEW, METHOD, POLICY = "host", "write", "review", "method", "policy"
HOW = "A person approves: in a client that can ask (elicitation), with an admin key, or at the terminal with"


def publish_or_wait(
    school: School,
    version: WorkflowVersion,
    *,
    owner: str,
    bundle: ReplayBundle | None,
    profile: Profile | None,
    idempotency_key: str = "",
) -> WorkflowVersion:
    """Publish a proved version; where a person must see it first, keep it waiting.

    A tool that was published before is not asked about again, unless the new version may reach more.

    Raises:
        NeedsApproval: it waits, validated, under the number in ``subject``.
    """
    version = version.model_copy(update={"owner": owner})
    if school.settings.review != "required" or _known(school, version, owner):
        return school.registry.publish(
            version, actor=owner, idempotency_key=idempotency_key, bundle=bundle, profile=profile
        )
    kept = keep_waiting(school.registry.shelf, version, actor=owner, bundle=bundle, profile=profile)
    if kept.status is Status.PUBLISHED:
        return kept
    raise review_question(kept)


def review_question(version: WorkflowVersion) -> NeedsApproval:
    """Return the question that shows a person what is to be approved: policy, evidence and code."""
    subject = f"{version.name}:{version.number}"
    lines = [
        f"Publish {version.name} version {version.number}? {version.tool.description}",
        f"It may ask: {_hosts(version)} with {', '.join(version.policy.methods)}.",
        "Proof: " + "; ".join(f"{f.check} {f.outcome.value}" for f in version.verdict.findings),
        f"Code (sha256 {version.artifact.sha256[:16]}):",
        version.artifact.code,
    ]
    return NeedsApproval("\n".join(lines), kind=REVIEW, subject=subject, remedy=_remedy(REVIEW, subject))


def host_question(site: str, hosts: tuple[str, ...]) -> NeedsApproval:
    """Return the question whether tools for a site may ask a further host, the first of those that it seems to need."""
    subject = f"{origin_of(site)} {hosts[0]}"
    return NeedsApproval(
        f"The data of {origin_of(site)} comes from another host, {hosts[0]}. May tools for this site ask it, too?",
        kind=HOST,
        subject=subject,
        remedy=_remedy(HOST, subject),
    )


def method_question(site: str) -> NeedsApproval:
    """Return the question whether tools for a site may send forms to it (POST), and not only read."""
    subject = f"{origin_of(site)} POST"
    return NeedsApproval(
        f"To answer this, the tool must send forms (POST) to {origin_of(site)}: it does not only read then. May it?",
        kind=METHOD,
        subject=subject,
        remedy=_remedy(METHOD, subject),
    )


def policy_question(name: str, policy: Policy) -> NeedsApproval:
    """Return the question whether a tool may be published under a policy, which it tells whole."""
    hosts = ", ".join(f"{rule.host}{f':{rule.port}' if rule.port else ''}" for rule in policy.hosts)
    subdomains = " and the names below" if any(rule.subdomains for rule in policy.hosts) else ""
    kept = f" It may use the stored credentials {', '.join(policy.secrets)}." if policy.secrets else ""
    subject = f"{name}:{policy.digest()[:16]}"
    return NeedsApproval(
        f"Publish {name}? It may ask {hosts}{subdomains}, with {', '.join(policy.methods)}, and nothing else.{kept}",
        kind=POLICY,
        subject=subject,
        remedy=_remedy(POLICY, subject),
    )


def write_question(version: WorkflowVersion, arguments: JsonObject) -> NeedsApproval:
    """Return the question whether a tool that changes something at its site may be called with these arguments."""
    given = ", ".join(f"{name}={value!r}"[:200] for name, value in arguments.items()) or "no arguments"
    return NeedsApproval(
        f"{version.name} changes something at {_hosts(version)}. Call it with {given[:2000]}?",
        kind=WRITE,
        subject=version.name,
        remedy=_remedy(WRITE, version.name),
    )


def approval_of(question: JsonObject) -> NeedsApproval:
    """Return a job's question as the error that it was."""
    kind, _, subject = str(question["field"]).removeprefix(APPROVAL).partition(":")
    return NeedsApproval(str(question["text"]), kind=kind, subject=subject, remedy=_remedy(kind, subject))


def confirm_at_terminal(
    school: School, version: WorkflowVersion, arguments: JsonObject, *, yes: bool, can_ask: bool
) -> None:
    """Ask the person at the terminal before a tool changes something at its site; ``yes`` says that they agreed.

    Raises:
        NeedsApproval: nobody is there to ask, and nobody agreed beforehand.
        NotConfirmed: the person said no.
    """
    if yes or version.tool.annotations.read_only_hint or calls_approved(school, version.name, owner="local"):
        return
    question = write_question(version, arguments)
    if not can_ask or not sys.stdin.isatty():
        raise question
    if not typer.confirm(question.message, err=True):
        raise NotConfirmed("Nothing was called.", remedy="")


def grant(school: School, problem_field: str, *, owner: str, actor: str) -> None:
    """Do what a person approved; ``problem_field`` is the field of the question. Twice is as once.

    Raises:
        UnknownTool, IllegalMove: the version is gone, or is in no state to be published.
    """
    kind, _, subject = problem_field.removeprefix(APPROVAL).partition(":")
    if kind == REVIEW:
        name, _, number = subject.rpartition(":")
        approve_version(school, name, int(number), owner=owner, actor=actor)
    else:
        approve(school.registry.shelf, owner=owner, subject=f"{kind}:{subject}", actor=actor)


def approve_version(school: School, name: str, number: int, *, owner: str, actor: str) -> WorkflowVersion:
    """Publish a version that waits; one that is published already stays so.

    Raises:
        UnknownTool, IllegalMove: see registry.
    """
    kept = school.registry.tool(name, owner, number)
    if kept.status is Status.PUBLISHED:
        return kept
    return school.registry.publish_kept(name, owner, number, actor=actor)


def newest_waiting(school: School, name: str, owner: str) -> int:
    """Return the newest version of a tool that waits for approval.

    Raises:
        UnknownTool, IllegalMove: there is none.
    """
    for entry in school.registry.versions(name, owner):
        if entry.status is Status.VALIDATED:
            return entry.number
    raise IllegalMove(f"No version of {name} waits for approval.", remedy=f"See: main.py tools versions {name}")


def granted_hosts(school: School, site: str, *, owner: str) -> tuple[str, ...]:
    """Return the further hosts that a person has approved for the tools of a site."""
    beginning = f"{HOST}:{origin_of(site)} "
    found = subjects(school.registry.shelf, owner=owner, beginning=beginning)
    return tuple(subject.removeprefix(beginning) for subject in found)


def granted_methods(school: School, site: str | None, *, owner: str) -> tuple[Method, ...]:
    """Return the methods beyond reading that a person has approved for the tools of a site."""
    may = site is not None and approved(school.registry.shelf, owner=owner, subject=f"{METHOD}:{origin_of(site)} POST")
    return ("POST",) if may else ()


def calls_approved(school: School, name: str, *, owner: str) -> bool:
    """Return whether a person has approved all calls of a tool that writes."""
    return approved(school.registry.shelf, owner=owner, subject=f"{WRITE}:{name}")


def origin_of(url: str) -> str:
    """Return host, and port where there is one, of an address."""
    return urlsplit(url if "//" in url else f"//{url}").netloc.rpartition("@")[2].lower()


def _remedy(kind: str, subject: str) -> str:
    if kind == HOST:
        return f"{HOW} --allow-host {subject.partition(' ')[2]}"
    if kind == METHOD:
        return f"{HOW} --allow-method POST"
    if kind == POLICY:
        return "A person agrees in the form that the client shows."
    name, _, number = subject.partition(":")
    return f"{HOW}: main.py tools approve {name} {f'--version {number}' if number else '--calls'}"


def _known(school: School, version: WorkflowVersion, owner: str) -> bool:
    """Whether a person let a version with at least this reach be published before."""
    try:
        entries = school.registry.versions(version.name, owner)
    except UnknownTool:
        return False
    seen = [entry.number for entry in entries if entry.published_at is not None]
    return any(not _kept(school, version.name, owner, n).policy.widened_by(version.policy) for n in seen)


def _kept(school: School, name: str, owner: str, number: int) -> WorkflowVersion:
    return school.registry.tool(name, owner, number)


def _hosts(version: WorkflowVersion) -> str:
    rules: list[Any] = list(version.policy.hosts)
    return ", ".join(f"{rule.host}{'' if rule.port is None else f':{rule.port}'}" for rule in rules)
