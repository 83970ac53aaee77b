"""``python -m school.settings_docs``: the text of ``.env.example``, made from the settings themselves."""

from __future__ import annotations

import sys

from pydantic import AliasChoices

from school.settings import Settings


def env_example() -> str:
    """Return every setting as a commented line with its meaning and default."""
    lines = ["# Settings of Agent School; copy to .env and take out the # of what you change.", ""]
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        variable = alias.choices[0] if isinstance(alias, AliasChoices) else f"AGENT_SCHOOL_{name.upper()}"
        default = field.default if field.default_factory is None else ""
        shown = (
            ",".join(default)
            if isinstance(default, tuple)
            else ""
            if default is None
            else getattr(default, "value", default)
        )
        lines += [f"# {field.description}", f"#{variable}={shown}", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(env_example())
