"""Stand-ins for stored credentials: what a workflow writes where a login form wants a user's name and a password.

They look like e-mail addresses, so that a form that checks its fields takes them. They tell nothing.
"""

from __future__ import annotations

import re

USER = "user-"
PASSWORD = "Password1-"  # noqa: S105 - a stand-in, with the letters and the digit that forms ask for
TAIL = "credential.invalid"
_NAME = re.compile(r"[a-z0-9_]{1,40}")


def user_of(name: str) -> str:
    """Return what stands for the user's name of a stored credential, for a field of a form.

    The real one takes its place when the form is sent to the credential's own host.

    Raises:
        ValueError: no credential can have this name.
    """
    return _standing(USER, name)


def password_of(name: str) -> str:
    """Return what stands for the password of a stored credential, for a field of a form (see ``user_of``)."""
    return _standing(PASSWORD, name)


def _standing(part: str, name: str) -> str:
    if _NAME.fullmatch(name) is None:
        raise ValueError(f"{name!r} is no credential's name")
    return f"{part}{name}@{TAIL}"
