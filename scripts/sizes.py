"""Fail when a file passes 500 lines or a function 60: that is a design question."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

FILE_LINES = 500
FUNCTION_LINES = 60
FLAT = ("registry/migrations/", "tests/")  # migrations are lists of columns, test sites lists of routes


def main() -> int:
    """Print every file and function that is too long; exit 1 when there is one."""
    names = subprocess.run(["git", "ls-files", "*.py"], check=True, capture_output=True, text=True).stdout.split()  # noqa: S607 - git from PATH is what a developer uses
    found = [line for name in names if Path(name).exists() for line in too_long(Path(name))]
    print("\n".join(found) or f"{len(names)} files, all within {FILE_LINES} lines and {FUNCTION_LINES} a function")  # noqa: T201 - a command
    return 1 if found else 0


def too_long(path: Path) -> list[str]:
    """Return a line of text for the file and for each of its functions that is too long."""
    text = path.read_text(encoding="utf-8")
    lines = text.count("\n")
    found = [f"{path}: {lines} lines"] if lines > FILE_LINES else []
    if str(path).startswith(FLAT):
        return found
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            length = node.end_lineno - node.lineno + 1
            if length > FUNCTION_LINES:
                found.append(f"{path}:{node.lineno}: {node.name} has {length} lines")
    return found


if __name__ == "__main__":
    sys.exit(main())
