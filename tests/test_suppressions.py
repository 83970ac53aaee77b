"""Every comment that silences a check says beside it why."""

from __future__ import annotations

import re
import tokenize
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("domain", "generators", "sandbox", "registry", "school", "mcp_server", "examples", "benchmarks", "scripts",
           "tests")  # fmt: skip
SILENCING = re.compile(
    r"#\s*(?:ruff:\s*)?(?:noqa|type:\s*ignore|pragma:\s*no\s*cover|nosec)\b(?:\[[^\]]*\]|[:\s,]*[A-Z]+\d+)*"
)


def unexplained(path: Path) -> list[str]:
    """Return the places where a check is silenced without a word: of several in one comment, the last has the word."""
    with path.open("rb") as file:
        comments = [token for token in tokenize.tokenize(file.readline) if token.type == tokenize.COMMENT]
    found = []
    for comment in comments:
        *_, last = [None, *SILENCING.finditer(comment.string)]
        if last is not None and not comment.string[last.end() :].strip(" -#"):
            found.append(f"{path.name}:{comment.start[0]}: {comment.string}")
    return found


def test_every_silenced_check_has_its_reason_beside_it() -> None:
    listed = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    assert len(listed) > 50
    assert [place for path in listed for place in unexplained(path)] == []


def test_a_silenced_check_without_a_reason_is_found(tmp_path: Path) -> None:
    written = tmp_path / "silenced.py"
    written.write_text(
        "import os  # noqa: F401\nimport sys  # noqa: F401 - needed\nx: int = ''  # type: ignore[assignment]\n"
    )
    assert unexplained(written) == ["silenced.py:1: # noqa: F401", "silenced.py:3: # type: ignore[assignment]"]
