"""A tap on the warm driver's connection: sends messages for other clients and sees what comes back.

The driver speaks with one client, the server's own. A gate borrows that connection: its calls carry
ids of their own, whose answers never reach the server's client, and it sees the events of all objects
(the gate passes on only those of its own run).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, cast

from playwright.async_api import BrowserContext, Page, Playwright

Message = dict[str, Any]
Listener = Callable[[Message], None]

PREFIX = "gate@"
_REPLAYED = frozenset({"BrowserContext", "Page", "Frame"})


class Tap:
    """Installed once on a driver, before its first context.

    It rests on Playwright's inner names, hence the pinned version.
    """

    def __init__(self, playwright: Playwright) -> None:
        connection = cast("Any", playwright)._impl_obj._connection
        self._send: Callable[[Message], None] = connection.onmessage
        self._dispatch: Callable[[Message], None] = connection.dispatch
        connection.dispatch = self._received
        self._numbers = itertools.count(1)
        self._answers: dict[str, Listener] = {}
        self._listeners: set[Listener] = set()
        self._history: dict[str, tuple[str, list[Message]]] = {}  # guid → (parent, what made it)

    def call(self, guid: str, method: str, params: Message, metadata: Message, answer: Listener) -> None:
        """Send a call; ``answer`` gets the raw answer."""
        identity = f"{PREFIX}{next(self._numbers)}"
        self._answers[identity] = answer
        self._send({"id": identity, "guid": guid, "method": method, "params": params, "metadata": metadata})

    def listen(self, listener: Listener) -> None:
        """Pass every event to the listener too."""
        self._listeners.add(listener)

    def ignore(self, listener: Listener) -> None:
        """Stop passing events to the listener."""
        self._listeners.discard(listener)

    def made(self, guid: str) -> list[Message]:
        """Return the messages that made the object and the context, pages and frames below it, in their order."""
        parent, own = self._history.get(guid, ("", []))
        del parent
        below = [child for child, (above, _) in self._history.items() if above == guid]
        return [*own, *itertools.chain.from_iterable(self.made(child) for child in below)]

    def _received(self, message: Message) -> None:
        identity = message.get("id")
        if isinstance(identity, str) and identity.startswith(PREFIX):
            answer = self._answers.pop(identity, None)
            if answer is not None:
                answer(message)
            return
        self._remember(message)
        self._dispatch(message)
        if identity is None:
            for listener in tuple(self._listeners):
                listener(message)

    def _remember(self, message: Message) -> None:
        method, guid, params = message.get("method"), str(message.get("guid", "")), message.get("params") or {}
        if method == "__create__" and params.get("type") in _REPLAYED:
            self._history[params["guid"]] = (guid, [message])
        elif method == "__adopt__" and params.get("guid") in self._history:
            self._history[params["guid"]] = (guid, self._history[params["guid"]][1])
        elif method == "__dispose__":
            self._history.pop(guid, None)


def guid_of(thing: BrowserContext | Page) -> str:
    """Return the driver's name of an object."""
    return str(cast("Any", thing)._impl_obj._guid)
