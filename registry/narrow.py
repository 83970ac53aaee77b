"""What an imported version may do without a person's word: read public hosts, within the usual bounds."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from domain.errors import ImportRefused
from domain.policy import READ_METHODS, HostRule, Limits, Policy
from domain.workflow import WorkflowVersion
from registry.database import Session
from registry.own import WITH_TOOL
from registry.seals import sealed_version
from registry.shelf import Shelf

if TYPE_CHECKING:
    from tldextract import TLDExtract

SHOWN = 10  # of what is wider


def require_narrow(session: Session, shelf: Shelf, version: WorkflowVersion) -> None:
    """Refuse a version that may do more than read public hosts, or more than the one that is published here.

    Raises:
        ImportRefused: naming what is wider.
    """
    row = session.one(
        f"{WITH_TOOL} WHERE t.owner = :owner AND t.name = :name AND v.status = 'published'",
        owner=version.owner,
        name=version.name,
    )
    present = None if row is None else sealed_version(row, shelf.verifier).policy
    found = wider(version.policy, present)
    if found:
        raise ImportRefused(
            f"{version.name} asks for more than reading: {', '.join(found[:SHOWN])}.",
            remedy="Look at its code and policy first; then import with --allow-wider.",
        )


def wider(policy: Policy, present: Policy | None) -> list[str]:
    """Return in words what a policy allows beyond reading and beyond the policy that is present here."""
    found = [f"method {each}" for each in policy.methods if each not in READ_METHODS]
    known = () if present is None else present.read_posts
    found += [f"POST to {each}" for each in policy.read_posts if each not in known]
    found += [f"private host {each}" for each in policy.private_hosts] + [f"secret {each}" for each in policy.secrets]
    found += [] if policy.respect_robots else ["ignoring robots.txt"]
    if present is None:
        found += [f"every host below {rule.host}" for rule in policy.hosts if is_endless(rule)]
    else:
        found += [f"host {rule.host}" for rule in policy.hosts if rule not in present.hosts]
    usual, asked = (present.limits if present else Limits()).model_dump(), policy.limits.model_dump()
    return found + [f"limit {name} of {asked[name]}" for name in asked if asked[name] > usual[name]]


def is_endless(rule: HostRule) -> bool:
    """Return whether a rule covers names of many owners, such as everything below ``com`` or ``github.io``."""
    return rule.subdomains and ("." not in rule.host or suffixes()(rule.host).suffix == rule.host)


@lru_cache(maxsize=1)
def suffixes() -> TLDExtract:
    """Return the public suffix list that comes with the package; nothing is fetched."""
    from tldextract import TLDExtract  # noqa: PLC0415 few processes import tools

    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
