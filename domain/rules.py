"""A code rule as a value, so that docs, prompts and messages say the same."""

from __future__ import annotations

from domain.values import Value


class RuleDoc(Value):
    """One rule of the code check: ``code`` is stable (``AS101``), examples are whole small modules or lines."""

    code: str
    title: str
    reason: str
    remedy: str
    bad_example: str
    good_example: str = ""
