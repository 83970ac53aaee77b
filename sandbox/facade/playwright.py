"""The names of ``playwright.async_api`` that page workflows import: types and errors; the page itself is handed in."""

from __future__ import annotations

from typing import Any

from playwright import async_api

from sandbox.facade.frozen import selected

NAMES: dict[str, Any] = selected(
    async_api, "ElementHandle Error FrameLocator Frame Keyboard Locator Mouse Page Response TimeoutError"
)
