"""Requests with retries, and their answers as text, JSON or a page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC
from typing import Any

from domain.calendars import read_calendar
from domain.json_text import read_json
from domain.meaning.moments import read_datetime
from sandbox.facade.http.client import AsyncClient
from sandbox.facade.http.errors import HTTPStatusError, NetworkError, RemoteProtocolError, TimeoutException
from sandbox.facade.http.messages import Response
from sandbox.facade.kit import clock
from sandbox.facade.kit.errors import SourceChanged
from sandbox.facade.kit.nodes import Node, parse_html, parse_xml

ATTEMPTS = 4  # one and three retries
_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
_AGAIN = frozenset({429, 500, 502, 503, 504})
_FIRST_WAIT_S = 0.25
_LONGEST_WAIT_S = 15.0

_sleep: Callable[[float], Awaitable[Any]] | None = None


def set_sleep(sleep: Callable[[float], Awaitable[Any]]) -> None:
    """Set what waiting between attempts is (the driver's or asyncio's sleep)."""
    global _sleep  # noqa: PLW0603 - one runtime per process
    _sleep = sleep


async def send(
    http: AsyncClient,
    method: str,
    url: str,
    *,
    params: Any = None,
    headers: Any = None,
    json: Any = None,
    data: Any = None,
) -> Response:
    """Return the successful answer to a request.

    A request that may be repeated (GET, HEAD, OPTIONS, PUT, DELETE) is repeated up to three times on 429, 5xx
    and network failures, with growing waits and by ``Retry-After``.

    Raises:
        httpx.HTTPStatusError: the last answer has a status of 4xx or 5xx.
        httpx.TransportError: no answer.
    """
    repeatable = method.upper() in _IDEMPOTENT
    for attempt in range(1, ATTEMPTS + 1):
        last = attempt == ATTEMPTS or not repeatable
        try:
            response = await http.request(method, url, params=params, headers=headers, json=json, data=data)
        except (TimeoutException, NetworkError, RemoteProtocolError):
            if last:
                raise
            await _wait(_FIRST_WAIT_S * 2 ** (attempt - 1))
            continue
        if last or response.status_code not in _AGAIN:
            return response.raise_for_status()
        await _wait(_pause(response, attempt))
    raise AssertionError("the last attempt returns or raises")


async def get_json(http: AsyncClient, url: str, *, params: Any = None, headers: Any = None) -> Any:
    """Return the JSON at an address (see ``send`` for retries and errors).

    Raises:
        SourceChanged: the answer is no JSON.
    """
    return _json(await send(http, "GET", url, params=params, headers=headers))


async def post_json(http: AsyncClient, url: str, *, json: Any, params: Any = None, headers: Any = None) -> Any:
    """POST a JSON body and return the JSON answer; not repeated on failure.

    Raises:
        SourceChanged: the answer is no JSON.
    """
    return _json(await send(http, "POST", url, params=params, headers=headers, json=json))


async def get_text(http: AsyncClient, url: str, *, params: Any = None, headers: Any = None) -> str:
    """Return the text at an address (see ``send``)."""
    return (await send(http, "GET", url, params=params, headers=headers)).text


async def get_calendar(http: AsyncClient, url: str, *, params: Any = None, headers: Any = None) -> dict[str, Any]:
    """Return an iCalendar file as ``{"events": [...]}``: ISO ``start`` and ``end``, ``title``, ``location`` and more.

    Raises:
        SourceChanged: the answer is no calendar.
    """
    text = await get_text(http, url, params=params, headers=headers)
    if "BEGIN:VCALENDAR" not in text[:2000].upper():
        raise SourceChanged("the answer is no calendar any more")
    return read_calendar(text)


async def get_page(http: AsyncClient, url: str, *, params: Any = None, headers: Any = None) -> Node:
    """Return the page at an address as a Node: HTML, or XML when the answer says so (see ``send``)."""
    response = await send(http, "GET", url, params=params, headers=headers)
    return page_of(response)


def page_of(response: Response) -> Node:
    """Return the parsed body of an answer: HTML, or XML when the answer says so."""
    kind = response.headers.get("content-type", "").split(";")[0].strip().lower()
    text = response.text
    is_xml = (kind.endswith(("/xml", "+xml")) and "xhtml" not in kind) or (
        "html" not in kind and text.lstrip()[:5] == "<?xml" and "<html" not in text[:1000].lower()
    )
    address = str(response.url)
    return parse_xml(text, address) if is_xml else parse_html(text, address)


def _json(response: Response) -> Any:
    try:
        return response.json()
    except ValueError:
        pass  # not as the standard has it, but perhaps as sites write it
    try:
        return read_json(response.text)
    except ValueError:
        kind = response.headers.get("content-type", "no content type")
        raise SourceChanged(f"the answer is no JSON but {kind}") from None


async def _wait(seconds: float) -> None:
    if _sleep is None:
        raise RuntimeError("set_sleep() has not been called")
    await _sleep(seconds)


def _pause(response: Response, attempt: int) -> float:
    wanted = response.headers.get("retry-after", "").strip()
    seconds = _FIRST_WAIT_S * 2 ** (attempt - 1)
    if wanted.replace(".", "", 1).isdigit():
        seconds = float(wanted)
    elif wanted:
        moment = read_datetime(wanted)
        if moment is not None:
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            seconds = (moment - clock.now()).total_seconds()
    if seconds > _LONGEST_WAIT_S:
        raise HTTPStatusError(
            f"{response.status_code}: the site asks to come back in {seconds:.0f} s",
            request=response.request,
            response=response,
        )
    return max(0.0, float(seconds))
