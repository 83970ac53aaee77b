"""API keys of the server: who may come in over HTTP, as whom, and for what.

A key is shown once, when it is made; what is kept is the SHA-256 of its secret. A plain hash is enough, since the
secret is 32 random bytes and not a password that could be guessed. The id in front finds the row without a scan.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from domain.errors import InvalidArguments
from domain.values import Value
from registry.database import Row, Session
from registry.heads import log
from registry.rows import moment, timestamp
from registry.shelf import Shelf

MARK = "school"  # what a key begins with, so that scanners for leaked secrets can know one
ID_BYTES = 6
SECRET_BYTES = 32
NAME_CHARACTERS = 64
OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
COLUMNS = "id, owner, name, scopes, created_at, expires_at, revoked_at"


class Scope(StrEnum):
    """What a key may do. ``learn`` includes ``call``, ``admin`` includes both."""

    CALL = "call"
    LEARN = "learn"
    ADMIN = "admin"


INCLUDED: dict[Scope, frozenset[Scope]] = {
    Scope.CALL: frozenset({Scope.CALL}),
    Scope.LEARN: frozenset({Scope.CALL, Scope.LEARN}),
    Scope.ADMIN: frozenset(Scope),
}


class ApiKey(Value):
    """One key, without its secret. Times carry zones; ``expires_at`` is None for a key that does not end."""

    id: str
    owner: str
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    @property
    def allowed(self) -> frozenset[Scope]:
        """All that the key may do, with what its scopes include."""
        return widened(self.scopes)

    def works_at(self, now: datetime) -> bool:
        """Whether the key is neither revoked nor past its end."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class NewKey(Value):
    """A key that was just made, with the one text that opens the door. It cannot be read again."""

    key: ApiKey
    token: str


def widened(scopes: frozenset[Scope]) -> frozenset[Scope]:
    """Return scopes with what they include."""
    return frozenset().union(*(INCLUDED[scope] for scope in scopes))


class ApiKeys:
    """The keys of one registry. Safe to share between threads."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def add(
        self,
        *,
        owner: str,
        name: str,
        scopes: frozenset[Scope],
        lives: timedelta | None = None,
        actor: str,
    ) -> NewKey:
        """Make a key; its token is in the answer and nowhere else.

        Raises:
            InvalidArguments: no scope, a name that is empty or too long, or an owner that is no plain word.
        """
        with self._shelf.database.write() as session:
            return self._insert(session, owner=owner, name=name, scopes=scopes, lives=lives, actor=actor)

    def add_first(self, *, owner: str, name: str) -> NewKey | None:
        """Make an admin key when there has never been a key; of several processes only one does."""
        with self._shelf.database.write() as session:
            session.lock("api_key")
            if session.one("SELECT id FROM api_key LIMIT 1") is not None:
                return None
            return self._insert(
                session, owner=owner, name=name, scopes=frozenset({Scope.ADMIN}), lives=None, actor="first start"
            )

    def verify(self, token: str) -> ApiKey | None:
        """Return the key that a token opens, or None when it is wrong, revoked or past its end."""
        mark, _, rest = token.partition("_")
        key_id, _, secret = rest.partition("_")
        if mark != MARK or not secret:
            return None
        row = self._shelf.database.one(f"SELECT {COLUMNS}, sha256 FROM api_key WHERE id = :id", id=key_id)  # noqa: S608 fixed parts, bound values
        known = "" if row is None else str(row["sha256"])
        if not hmac.compare_digest(known, hashed(secret)) or row is None:
            return None
        key = key_of(row)
        return key if key.works_at(self._shelf.now()) else None

    def all(self) -> tuple[ApiKey, ...]:
        """Return every key that was ever made, oldest first."""
        rows = self._shelf.database.all(f"SELECT {COLUMNS} FROM api_key ORDER BY created_at, id")  # noqa: S608 fixed parts
        return tuple(key_of(row) for row in rows)

    def revoke(self, key_id: str, *, actor: str) -> ApiKey:
        """End a key at once; one that has ended stays as it was.

        Raises:
            InvalidArguments: there is no such key.
        """
        with self._shelf.database.write() as session:
            changed = session.run(
                "UPDATE api_key SET revoked_at = :at WHERE id = :id AND revoked_at IS NULL",
                at=timestamp(self._shelf.now()),
                id=key_id,
            )
            row = session.one(f"SELECT {COLUMNS} FROM api_key WHERE id = :id", id=key_id)  # noqa: S608 fixed parts, bound values
            if row is None:
                raise InvalidArguments(
                    f"There is no key {key_id[:40]!r}.", remedy="See the ids with: main.py keys list"
                )
            if changed:
                self._log(session, "revoke_key", key_of(row), actor)
            return key_of(row)

    def _insert(
        self,
        session: Session,
        *,
        owner: str,
        name: str,
        scopes: frozenset[Scope],
        lives: timedelta | None,
        actor: str,
    ) -> NewKey:
        require_sound(owner, name, scopes)
        now = self._shelf.now()
        key = ApiKey(
            id=secrets.token_hex(ID_BYTES),
            owner=owner,
            name=name,
            scopes=scopes,
            created_at=now,
            expires_at=None if lives is None else now + lives,
        )
        secret = secrets.token_urlsafe(SECRET_BYTES)
        session.run(
            "INSERT INTO api_key (id, owner, name, scopes, sha256, created_at, expires_at, revoked_at) "
            "VALUES (:id, :owner, :name, :scopes, :sha256, :created_at, :expires_at, NULL)",
            id=key.id,
            owner=key.owner,
            name=key.name,
            scopes=" ".join(sorted(scope.value for scope in scopes)),
            sha256=hashed(secret),
            created_at=timestamp(now),
            expires_at=None if key.expires_at is None else timestamp(key.expires_at),
        )
        self._log(session, "add_key", key, actor)
        return NewKey(key=key, token=f"{MARK}_{key.id}_{secret}")

    def _log(self, session: Session, action: str, key: ApiKey, actor: str) -> None:
        scopes: list[str] = sorted(scope.value for scope in key.scopes)
        facts = {"key": key.id, "name": key.name, "scopes": " ".join(scopes)}
        log(session, self._shelf, action=action, actor=actor, owner=key.owner, facts={**facts})


def require_sound(owner: str, name: str, scopes: frozenset[Scope]) -> None:
    """Refuse what would make a key that nobody can tell from others.

    Raises:
        InvalidArguments: with the reason.
    """
    if not scopes:
        raise InvalidArguments(
            "A key needs at least one scope.", remedy=f"Choose of: {', '.join(scope.value for scope in Scope)}."
        )
    if not name.strip() or len(name) > NAME_CHARACTERS:
        raise InvalidArguments(f"A key's name has 1 to {NAME_CHARACTERS} characters.", remedy="Choose another name.")
    if OWNER.fullmatch(owner) is None:
        raise InvalidArguments(
            f"{owner[:80]!r} cannot be an owner.", remedy="Use letters, digits, dots, dashes, underscores and @."
        )


def hashed(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def key_of(row: Row) -> ApiKey:
    """Return a row as a key."""
    return ApiKey(
        id=row["id"],
        owner=row["owner"],
        name=row["name"],
        scopes=frozenset(Scope(scope) for scope in row["scopes"].split()),
        created_at=moment(row["created_at"]),
        expires_at=None if row["expires_at"] is None else moment(row["expires_at"]),
        revoked_at=None if row["revoked_at"] is None else moment(row["revoked_at"]),
    )
