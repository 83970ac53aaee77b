"""Loading a prompt file, and filling its blanks."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from domain.values import Value, content_hash
from generators.prompts.kit import kit_text

_FOLDER = Path(__file__).parent
_INCLUDE = re.compile(r"^@include ([a-z]+)$", re.MULTILINE)
_MESSAGE = "\n# Message\n"
_INSTRUCTIONS = "# Instructions\n"


class Prompt(Value):
    """One prompt: ``system`` and ``message`` are Jinja templates of the instructions and of the user's turn."""

    name: str
    number: int
    system: str
    message: str
    digest: str

    @property
    def version(self) -> str:
        """What is stored with everything this prompt produced: ``plan-3-1a2b3c4d``."""
        return f"{self.name}-{self.number}-{self.digest[:8]}"

    def fill(self, **blanks: object) -> str:
        """Return the message with its blanks filled. A blank without a value is an error, never empty text."""
        return _filled(self.message, blanks)

    def instructions(self, **blanks: object) -> str:
        """Return the instructions with their blanks filled, as ``fill`` does."""
        return _filled(self.system, blanks)


@lru_cache(maxsize=16)
def load_prompt(name: str) -> Prompt:
    """Return a prompt of this folder by its file's name without the ending.

    Raises:
        ValueError: the file is not of the form that this module's docstring tells.
    """
    text = _INCLUDE.sub(_included, (_FOLDER / f"{name}.md").read_text(encoding="utf-8"))
    opening, _, rest = text.removeprefix("---\n").partition("\n---\n")
    facts = dict(line.split(": ", 1) for line in opening.splitlines())
    system, divider, message = rest.partition(_MESSAGE)
    if not divider or not system.lstrip().startswith(_INSTRUCTIONS) or facts.get("name") != name:
        raise ValueError(f"prompt {name} has no instructions, no message or another name")
    return Prompt(
        name=name,
        number=int(facts["version"]),
        system=system.lstrip().removeprefix(_INSTRUCTIONS).strip(),
        message=message.strip(),
        # What the blank for the kit is filled with is a part of the prompt as well.
        digest=content_hash(text, kit_text() if "{{ kit }}" in text else ""),
    )


def _included(found: re.Match[str]) -> str:
    return (_FOLDER / f"{found[1]}.part.md").read_text(encoding="utf-8").strip()


def _filled(template: str, blanks: dict[str, object]) -> str:
    filled: str = _template(template).render(**blanks)
    return filled.strip()


@lru_cache(maxsize=16)
def _template(text: str):  # type: ignore[no-untyped-def]  # jinja2 is imported late: 0.1 s at the server's start
    from jinja2 import StrictUndefined  # noqa: PLC0415 - as above
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415 - as above

    # Plain text for a model: escaping for HTML would only change what the page says.
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, trim_blocks=True)
    return environment.from_string(text)
