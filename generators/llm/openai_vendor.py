"""OpenAI: the Responses API with structured output, and Chat Completions for compatible servers."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Literal

from generators.llm.failure import Failure, Reason, failure_of_status
from generators.llm.values import Model, ModelRequest
from generators.llm.vendor import RawReply, load, short_code

if TYPE_CHECKING:
    import httpx2
    import openai

Wire = Literal["responses", "chat"]


class OpenAiVendor:
    """Asks OpenAI or a compatible server.

    With ``detect``, a server that has no Responses address is asked by Chat Completions from then on.
    """

    def __init__(
        self,
        *,
        key: str,
        url: str,
        wire: Wire = "responses",
        detect: bool = False,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._key = key
        self._url = url
        self._wire: Wire = wire
        self._detect = detect
        self._transport = transport
        self._client: openai.AsyncOpenAI | None = None

    async def ask(self, model: Model, request: ModelRequest) -> RawReply:
        """Return the answer of one call."""
        try:
            reply = await self._ask(model, request)
        except Failure as failure:
            if not (self._detect and self._wire == "responses" and failure.status in {404, 405, 501}):
                raise
            self._wire = "chat"
            reply = await self._ask(model, request)
        self._detect = False
        return reply

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()

    async def _ask(self, model: Model, request: ModelRequest) -> RawReply:
        client = await self._open()
        import openai  # noqa: PLC0415 - loaded by now; 1.3 s that the start of the server must not pay

        try:
            if self._wire == "responses":
                return _of_response(await client.responses.create(**_responses_body(model, request)))
            return _of_chat(await client.chat.completions.create(**_chat_body(model, request)))
        except openai.APITimeoutError:
            raise Failure(Reason.TIMEOUT) from None
        except openai.APIConnectionError:
            raise Failure(Reason.UNREACHABLE) from None
        except openai.APIStatusError as problem:
            code = short_code(problem.code)
            pause = problem.response.headers.get("retry-after", "")
            raise failure_of_status(problem.status_code, code=code, retry_after=pause) from None
        except (openai.APIError, ValueError, TypeError):
            raise Failure(Reason.BAD_ANSWER) from None

    async def _open(self) -> openai.AsyncOpenAI:
        if self._client is None:
            sdk = await load("openai")
            import httpx2  # noqa: PLC0415 - comes with the SDK

            http = httpx2.AsyncClient(transport=self._transport, follow_redirects=False)
            self._client = sdk.AsyncOpenAI(api_key=self._key, base_url=self._url, max_retries=0, http_client=http)
        return self._client


def _responses_body(model: Model, request: ModelRequest) -> dict[str, Any]:
    turns: list[dict[str, Any]] = [{"role": turn.role, "content": turn.text} for turn in request.turns]
    if request.pictures:
        shown = [{"type": "input_image", "detail": "auto", "image_url": url} for url in _data_urls(request)]
        turns[0]["content"] = [{"type": "input_text", "text": turns[0]["content"]}, *shown]
    body: dict[str, Any] = {
        "model": model.name,
        "instructions": request.system,
        "input": turns,
        "max_output_tokens": request.max_output_tokens,
        "store": False,
    }
    if request.schema is not None:
        body["text"] = {
            "format": {"type": "json_schema", "name": request.schema_name, "schema": request.schema, "strict": True}
        }
    return body


def _chat_body(model: Model, request: ModelRequest) -> dict[str, Any]:
    turns: list[dict[str, Any]] = [{"role": turn.role, "content": turn.text} for turn in request.turns]
    if request.pictures:
        shown = [{"type": "image_url", "image_url": {"url": url}} for url in _data_urls(request)]
        turns[0]["content"] = [{"type": "text", "text": turns[0]["content"]}, *shown]
    body: dict[str, Any] = {
        "model": model.name,
        "messages": [{"role": "system", "content": request.system}, *turns],
        "max_tokens": request.max_output_tokens,
    }
    if request.schema is not None:
        schema = {"name": request.schema_name, "schema": request.schema, "strict": True}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    return body


def _data_urls(request: ModelRequest) -> list[str]:
    return [f"data:{p.media_type};base64,{base64.b64encode(p.data).decode()}" for p in request.pictures]


def _of_response(response: openai.types.responses.Response) -> RawReply:
    try:
        parts = [part for item in response.output if item.type == "message" for part in item.content]
        refused = any(part.type == "refusal" for part in parts)
        cut = response.status == "incomplete"
        filtered = (
            cut and response.incomplete_details is not None and response.incomplete_details.reason == "content_filter"
        )
        if response.status == "failed":
            raise Failure(Reason.SERVER_ERROR)
        usage = response.usage
        return RawReply(
            text="".join(part.text for part in parts if part.type == "output_text"),
            end="refused" if refused or filtered else "length" if cut else "complete",
            input_tokens=usage.input_tokens if usage else 0,
            output_tokens=usage.output_tokens if usage else 0,
        )
    except (AttributeError, TypeError, ValueError):  # the SDK builds its values without validating them
        raise Failure(Reason.BAD_ANSWER) from None


def _of_chat(completion: openai.types.chat.ChatCompletion) -> RawReply:
    try:
        choice = completion.choices[0]
        refused = choice.finish_reason == "content_filter" or bool(choice.message.refusal)
        usage = completion.usage
        return RawReply(
            text=choice.message.content or "",
            end="refused" if refused else "length" if choice.finish_reason == "length" else "complete",
            input_tokens=usage.prompt_tokens if usage else 0,
            output_tokens=usage.completion_tokens if usage else 0,
        )
    except (AttributeError, TypeError, ValueError, IndexError):  # as above
        raise Failure(Reason.BAD_ANSWER) from None
