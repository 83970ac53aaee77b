"""Who is asking: the one place where a request becomes an owner with scopes.

Over stdio that is the person who started the process. Over HTTP the door (http/door.py) has put the holder of the key
or token into the request; a request without one never gets an owner here, whatever went wrong before.
"""

from __future__ import annotations

from typing import Any

from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.server.context import ServerRequestContext
from starlette.requests import Request

from domain.errors import UsageProblem
from domain.values import Value
from registry.keys import Scope

Context = ServerRequestContext[Any, Any]


class Forbidden(UsageProblem):
    """The key lacks the scope that this needs."""

    code = "forbidden"


class Principal(Value):
    """An owner, the key or token that spoke for it, and what that may do (wide scopes spelled out)."""

    owner: str
    key: str
    scopes: frozenset[Scope]


LOCAL = Principal(owner="local", key="stdio", scopes=frozenset(Scope))


class Holder(AuthenticatedUser):
    """The SDK's user, so that it ties sessions and sealed states to the key that opened them."""

    def __init__(self, principal: Principal) -> None:
        super().__init__(
            AccessToken(
                token="",  # the token itself is not kept anywhere
                client_id=principal.key,
                subject=principal.owner,
                scopes=sorted(principal.scopes),
            )
        )
        self.principal = principal


def principal_of(ctx: Context) -> Principal:
    """Return who sent this message.

    Raises:
        Forbidden: it came over HTTP and nobody was recognised.
    """
    request = ctx.request
    if request is None:
        return LOCAL
    holder = request.scope.get("user") if isinstance(request, Request) else None
    if not isinstance(holder, Holder):
        raise Forbidden("Nobody was recognised behind this request.", remedy="Send a key: Authorization: Bearer …")
    return holder.principal


def require_scope(principal: Principal, scope: Scope) -> None:
    """Refuse what the key may not do.

    Raises:
        Forbidden: the scope is lacking.
    """
    if scope not in principal.scopes:
        raise Forbidden(
            f"This key may not do that: it lacks the scope {scope.value!r}.",
            remedy=f"Use a key with it; one is made with: main.py keys add NAME --scope {scope.value}",
        )
