"""Who sees which tool, as a condition on the table ``tool`` (alias ``t``) with the value ``owner``."""

from __future__ import annotations

from domain.errors import UnknownTool
from domain.tool import NAME

VISIBLE = (
    "(t.owner = :owner OR (t.shared AND NOT EXISTS (SELECT 1 FROM tool o WHERE o.name = t.name "
    "AND (o.owner = :owner OR (o.shared AND o.id < t.id)))))"
)
"""A name means one tool: one's own first, then whichever of the shared ones is the oldest."""


def require_name(name: str) -> None:
    """Refuse what cannot be a tool's name before a database driver chokes on it (NUL, lone surrogates).

    Raises:
        UnknownTool: no tool can have this name.
    """
    if not NAME.fullmatch(name):
        raise UnknownTool(f"{name[:80]!a} is no name of a tool.")


def plain(text: str) -> str:
    """Return a filter's text in lower case, without characters that no database stores."""
    return "".join(character for character in text if character.isprintable()).lower()
