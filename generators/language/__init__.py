"""Understanding of plain language without a model: a question becomes an Intent.

Owns the grammar of questions. What dates, places and amounts mean is the domain's; what a source
can do with a constraint is the planner's.
"""

from __future__ import annotations

from generators.language.understand import understand

__all__ = ["understand"]
