"""A checkout may lie below /tmp, where the box has a scratch folder of its own: its interpreter must stay visible."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from sandbox.browsers_box import SCRATCH, build
from tests.requirements import requirement


@requirement("BOX-5", "OPS-1")
def test_the_scratch_folder_does_not_hide_an_interpreter_below_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = Path(SCRATCH) / "checkout" / ".venv" / "bin" / "python"
    monkeypatch.setattr(sys, "executable", str(below))
    words = shlex.split(build(Path("/usr/bin/true"), tmp_path).script.read_text().splitlines()[1])
    scratch = words.index("--tmpfs")
    assert words[scratch + 1] == SCRATCH
    assert words.index(str(below.parent.parent)) > scratch
