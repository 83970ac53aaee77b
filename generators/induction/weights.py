"""Weights of the linear score, one for each feature. Written by ``python -m benchmarks.records --fit``."""

from __future__ import annotations

from typing import Final

WEIGHTS: Final[dict[str, float]] = {"log_count": 1.0, "menu": -2.0, "menu_by_count": -0.4, "alike": 2.3, "heading": 1.5}
