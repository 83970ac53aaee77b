"""OAuth 2.1 resource server: JWTs of one issuer, checked against its published keys.

Checked are signature, issuer, audience (this server's own address, RFC 8707) and time. Scopes are the words ``call``,
``learn`` and ``admin`` in the claim ``scope`` (or ``scp``). The owner is the subject, marked so that it never meets
the owner of an API key. What this does not stop: a token that was stolen works until it ends.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import httpx2
import jwt
import structlog

from domain.errors import SettingsProblem
from mcp_server.principals import Principal
from registry.keys import Scope, widened
from school.settings import Settings

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LEEWAY_S = 30  # two machines' clocks
KEYS_LAST_S = 600.0
LOOK_AGAIN_S = 30.0  # an unknown key id asks the issuer at most this often
FETCH_TIMEOUT_S = 5.0
JWKS_BYTES = 262_144
OWNER_MARK = "oauth:"  # no owner of an API key can have a colon

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """The one issuer whose tokens count. ``audience`` is this server's own address."""

    name: str
    jwks_url: str
    audience: str
    ca_file: Path | None = None


def issuer_of(settings: Settings) -> Issuer | None:
    """Return the issuer of the settings, or None when none is set.

    Raises:
        SettingsProblem: it is set in part.
    """
    parts = (settings.oauth_issuer, settings.oauth_jwks_url, settings.oauth_audience)
    if not any(parts):
        return None
    if not all(parts):
        raise SettingsProblem(
            "OAuth is set in part: AGENT_SCHOOL_OAUTH_ISSUER, AGENT_SCHOOL_OAUTH_JWKS_URL and "
            "AGENT_SCHOOL_OAUTH_AUDIENCE belong together."
        )
    name, jwks_url, audience = parts
    return Issuer(name=name, jwks_url=jwks_url, audience=audience, ca_file=settings.tls_ca_file)


class JwtVerifier:
    """Verifies tokens of one issuer. Keys are fetched when first needed and when a token names an unknown one."""

    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at: float | None = None
        self._lock = anyio.Lock()

    async def principal(self, token: str) -> Principal | None:
        """Return who a token speaks for, or None when it does not hold."""
        try:
            header = jwt.get_unverified_header(token)
            key = await self._key(str(header.get("kid", "")))
            if key is None or header.get("alg") not in ALGORITHMS:
                return None
            claims = jwt.decode(
                token,
                key,
                algorithms=list(ALGORITHMS),
                audience=self._issuer.audience,
                issuer=self._issuer.name,
                leeway=LEEWAY_S,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.PyJWTError as problem:
            log.info("token_refused", reason=type(problem).__name__)
            return None
        return Principal(
            owner=f"{OWNER_MARK}{claims['sub']}"[:120],
            key=f"{OWNER_MARK}{claims.get('client_id') or claims.get('azp') or claims['sub']}"[:120],
            scopes=scopes_of(claims),
        )

    async def _key(self, key_id: str) -> jwt.PyJWK | None:
        if key_id not in self._keys or self._age_s() > KEYS_LAST_S:
            async with self._lock:
                known = key_id in self._keys
                if self._age_s() > (KEYS_LAST_S if known else LOOK_AGAIN_S):
                    await self._fetch()
        return self._keys.get(key_id)

    def _age_s(self) -> float:
        return float("inf") if self._fetched_at is None else time.monotonic() - self._fetched_at

    async def _fetch(self) -> None:
        self._fetched_at = time.monotonic()
        verify: Any = str(self._issuer.ca_file) if self._issuer.ca_file else True
        try:
            async with httpx2.AsyncClient(timeout=FETCH_TIMEOUT_S, verify=verify, follow_redirects=False) as http:
                answer = await http.get(self._issuer.jwks_url)
                answer.raise_for_status()
            if len(answer.content) > JWKS_BYTES:
                log.warning("jwks_too_large", bytes=len(answer.content))
                return
            found = jwt.PyJWKSet.from_dict(answer.json())
        except (httpx2.HTTPError, ValueError, jwt.PyJWTError) as problem:
            log.warning("jwks_not_fetched", reason=type(problem).__name__)  # keys that were known stay in use
            return
        self._keys = {key.key_id or "": key for key in found.keys if key.public_key_use in (None, "sig")}


def scopes_of(claims: dict[str, Any]) -> frozenset[Scope]:
    """Return the scopes of a token that mean something here, with what they include."""
    said = claims.get("scope", claims.get("scp", ""))
    words = said.split() if isinstance(said, str) else [word for word in said if isinstance(word, str)]
    return widened(frozenset(Scope(word) for word in words if word in set(Scope)))
