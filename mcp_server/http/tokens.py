"""From a bearer token to a principal: an API key of this server's registry, or a JWT of the OAuth issuer."""

from __future__ import annotations

from mcp_server.http.oauth import JwtVerifier
from mcp_server.principals import Principal
from registry.keys import MARK, ApiKeys


class Tokens:
    """Knows API keys, and JWTs where an issuer is set."""

    def __init__(self, keys: ApiKeys, jwt: JwtVerifier | None = None) -> None:
        self._keys = keys
        self._jwt = jwt

    async def principal(self, token: str) -> Principal | None:
        """Return who holds a token, or None when it opens nothing."""
        if token.startswith(f"{MARK}_"):
            key = self._keys.verify(token)
            return None if key is None else Principal(owner=key.owner, key=key.id, scopes=key.allowed)
        return None if self._jwt is None else await self._jwt.principal(token)
