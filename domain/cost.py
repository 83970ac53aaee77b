"""What a model cost, and what may be spent."""

from __future__ import annotations

from datetime import datetime

from domain.values import Value


class Usage(Value):
    """Sum of model use. ``cost_usd`` by the price table named in the ledger entry."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0

    def plus(self, other: Usage) -> Usage:
        """Return the sum of both."""
        return Usage(
            calls=self.calls + other.calls,
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cost_usd=self.cost_usd + other.cost_usd,
        )


class ModelUse(Value):
    """What models took in one piece of work, failed attempts too.

    ``passed_over`` tells who did not serve and why, in order, such as ``openai:gpt-5.4-mini: rate_limited``.
    """

    usage: Usage = Usage()
    passed_over: tuple[str, ...] = ()


class SpendLimit(Value):
    """A budget: whichever bound is reached first stops work. None means unbounded."""

    tokens: int | None = None
    cost_usd: float | None = None


class LedgerEntry(Value):
    """One call of a model provider, or one answer from the cache."""

    at: datetime
    provider: str
    model: str
    stage: str
    prompt_version: str
    usage: Usage
    price_table: str
    latency_ms: float
    cache_hit: bool
    job_id: str | None = None
    tool: str | None = None
    owner: str = "local"
