"""What every vendor's module gives: one question, one answer, and failures in our words."""

from __future__ import annotations

import asyncio
import importlib
import logging
import re
from types import ModuleType
from typing import Literal, Protocol

from domain.values import Value
from generators.llm.values import Model, ModelRequest

_CODE = re.compile(r"[a-z][a-z_]{0,39}")


class RawReply(Value):
    """A vendor's answer, before it is priced and kept. ``end`` is why it stopped."""

    text: str
    end: Literal["complete", "length", "refused"] = "complete"
    input_tokens: int = 0
    output_tokens: int = 0


class Vendor(Protocol):
    """One vendor, over its official SDK with the SDK's own retries off."""

    async def ask(self, model: Model, request: ModelRequest) -> RawReply:
        """Return the answer.

        Raises:
            Failure: the vendor did not serve.
        """

    async def aclose(self) -> None:
        """Close the connections."""


async def load(name: str) -> ModuleType:
    """Return a vendor's SDK, imported in a thread since that takes seconds.

    The SDKs log whole requests at debug level, page text included: that is held back here.
    """
    module = await asyncio.to_thread(importlib.import_module, name)
    for logger in (name, "httpx2", "httpcore2"):
        logging.getLogger(logger).setLevel(logging.WARNING)
    return module


def short_code(value: object) -> str:
    """Return a vendor's error code when it is one, never a sentence."""
    return value if isinstance(value, str) and _CODE.fullmatch(value) else ""
