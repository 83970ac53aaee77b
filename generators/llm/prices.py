"""What tokens cost, by the genai-prices table that comes with its package; nothing is fetched."""

from __future__ import annotations

from importlib.metadata import version

from generators.llm.values import Model

UNKNOWN = "unknown"
"""Name of the table for a model that has no known price; its cost counts as 0 and its tokens still count."""


def price(model: Model, *, input_tokens: int, output_tokens: int) -> tuple[float, str]:
    """Return the cost in US dollars and the name of the price table."""
    from genai_prices import Usage, calc_price  # noqa: PLC0415 - 0.4 s that only a model call should pay

    try:
        found = calc_price(
            Usage(input_tokens=input_tokens, output_tokens=output_tokens),
            model_ref=model.name,
            provider_id=model.provider.value,
        )
    except LookupError:
        return 0.0, UNKNOWN
    return float(found.total_price), f"genai-prices {version('genai-prices')}"
