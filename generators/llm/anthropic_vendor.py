"""Anthropic: the Messages API with structured output."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from generators.llm.failure import Failure, Reason, failure_of_status
from generators.llm.values import Model, ModelRequest
from generators.llm.vendor import RawReply, load, short_code

if TYPE_CHECKING:
    import anthropic
    import httpx2


class AnthropicVendor:
    """Asks Anthropic or a server that speaks its Messages API."""

    def __init__(self, *, key: str, url: str, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._key = key
        self._url = url
        self._transport = transport
        self._client: anthropic.AsyncAnthropic | None = None

    async def ask(self, model: Model, request: ModelRequest) -> RawReply:
        """Return the answer of one call."""
        client = await self._open()
        import anthropic  # noqa: PLC0415 - loaded by now; 3 s that the start of the server must not pay

        try:
            message = await client.messages.create(**_body(model, request))
        except anthropic.APITimeoutError:
            raise Failure(Reason.TIMEOUT) from None
        except anthropic.APIConnectionError:
            raise Failure(Reason.UNREACHABLE) from None
        except anthropic.APIStatusError as problem:
            code = short_code(problem.type)
            pause = problem.response.headers.get("retry-after", "")
            raise failure_of_status(problem.status_code, code=code, retry_after=pause) from None
        except (anthropic.APIError, ValueError, TypeError):
            raise Failure(Reason.BAD_ANSWER) from None
        return _reply(message)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()

    async def _open(self) -> anthropic.AsyncAnthropic:
        if self._client is None:
            sdk = await load("anthropic")
            import httpx2  # noqa: PLC0415 - comes with the SDK

            http = httpx2.AsyncClient(transport=self._transport, follow_redirects=False)
            self._client = sdk.AsyncAnthropic(api_key=self._key, base_url=self._url, max_retries=0, http_client=http)
        return self._client


def _body(model: Model, request: ModelRequest) -> dict[str, Any]:
    messages: list[dict[str, Any]] = [{"role": turn.role, "content": turn.text} for turn in request.turns]
    if request.pictures:
        messages[0]["content"] = [
            *(
                {
                    "type": "image",
                    "source": {
                        "type": "base64",
                        "media_type": picture.media_type,
                        "data": base64.b64encode(picture.data).decode(),
                    },
                }
                for picture in request.pictures
            ),
            {"type": "text", "text": messages[0]["content"]},
        ]
    body: dict[str, Any] = {
        "model": model.name,
        "system": request.system,
        "messages": messages,
        "max_tokens": request.max_output_tokens,
    }
    if request.schema is not None:
        body["output_config"] = {"format": {"type": "json_schema", "schema": request.schema}}
    return body


def _reply(message: anthropic.types.Message) -> RawReply:
    try:
        text = "".join(block.text for block in message.content if block.type == "text")
        ends = {"refusal": "refused", "max_tokens": "length", "model_context_window_exceeded": "length"}
        usage = message.usage
        cached = (usage.cache_read_input_tokens or 0) + (usage.cache_creation_input_tokens or 0)
        return RawReply.model_validate(
            {
                "text": text,
                "end": ends.get(message.stop_reason or "", "complete"),
                "input_tokens": usage.input_tokens + cached,
                "output_tokens": usage.output_tokens,
            }
        )
    except (AttributeError, TypeError, ValueError):  # the SDK builds its values without validating them
        raise Failure(Reason.BAD_ANSWER) from None
