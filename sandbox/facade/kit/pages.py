"""What a page is doing, for workflows that wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Page


def open_requests(page: Page) -> set[object]:
    """Return a live set of the requests that the page begins from now on and that have not ended.

    ``clear()`` forgets those begun so far: a connection that a page keeps open is then waited for no more.
    """
    asking: set[object] = set()

    # Playwright marks the handlers it is given, which methods of built-in types do not allow.
    def begun(request: object) -> None:
        asking.add(request)

    def ended(request: object) -> None:
        asking.discard(request)

    page.on("request", begun)
    page.on("requestfinished", ended)
    page.on("requestfailed", ended)
    return asking
