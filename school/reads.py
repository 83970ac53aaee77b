"""POST requests that only read: what the site's own page sends when it is merely opened (PROVE-8)."""

from __future__ import annotations

from domain.graphql import changes_something
from domain.observation import Exchange, Observation
from domain.plan import Plan
from domain.policy import Policy


def with_reads(policy: Policy, observation: Observation, plan: Plan | None = None) -> Policy:
    """Return the policy with the addresses that the page itself asks by POST for data, nobody having pressed anything.

    With a plan, only those that its workflow asks. GraphQL operations that change something are never among them.
    """
    found = dict.fromkeys(e.url.split("?", 1)[0] for e in observation.exchanges if _reads(e))
    if plan is not None:
        asked = {plan.records.request.url, *(token.request.url for token in plan.records.tokens)}
        found = {url: None for url in found if url in asked}
    return policy.model_copy(update={"read_posts": tuple(found)}) if found else policy


def _reads(exchange: Exchange) -> bool:
    """Whether an exchange brought data unasked: JSON for a POST while the page loaded or was scrolled."""
    unasked = exchange.method == "POST" and exchange.trigger in ("load", "scroll", "more")
    answered = 200 <= exchange.status < 300 and "json" in exchange.content_type
    return unasked and answered and not changes_something(exchange.request_body or "")
