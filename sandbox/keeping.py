"""Keeps what is left of page runs that failed: one folder a run, the newest ones only.

Secrets are out of the texts before they come here (see sandbox.gate).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.run import Run
    from sandbox.gate import Artifacts

MOST_RUNS = 200

KeepFailed = Callable[["Run", "Artifacts"], None]


def keep_in(folder: Path, most: int = MOST_RUNS) -> KeepFailed:
    """Return what writes a failed page run into ``folder/<run id>``, and removes the oldest beyond ``most``.

    The files are ``screenshot.png``, ``page.txt`` (accessibility snapshot), ``console.txt``, ``gate.txt`` (what the
    workflow asked of the browser) and ``failure.txt`` (address, error, and the failing lines of the code).
    """

    def keep(run: Run, left: Artifacts) -> None:
        place = folder / run.id
        place.mkdir(parents=True, mode=0o700)
        if left.screenshot_png:
            (place / "screenshot.png").write_bytes(left.screenshot_png)
        error = run.error
        failure = [left.url, *([] if error is None else [f"{error.code}: {error.message}", *error.traceback])]
        refused = [f"{denial.url} was refused: {denial.reason}" for denial in left.denials]
        for name, lines in (
            ("page", [left.aria]),
            ("console", left.console),
            ("gate", left.gate_log),
            ("failure", [*failure, *refused]),
        ):
            (place / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        for old in sorted(folder.iterdir(), key=lambda one: one.stat().st_mtime)[:-most]:
            shutil.rmtree(old, ignore_errors=True)

    return keep
