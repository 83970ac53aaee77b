"""Reading an API document that was given by hand: a file of the person at the terminal, or an address."""

from __future__ import annotations

from pathlib import Path

import anyio

from domain.errors import InvalidQuery, SourceUnreachable
from domain.observation import Probe, ProbePurpose
from domain.plan import Query
from generators.openapi import Document, load
from school.app import School
from school.policies import policy_for

MOST_BYTES = 20_000_000


async def with_document(school: School, query: Query, *, at_terminal: bool) -> Query:
    """Return the query with the document's text, and with its first server as the site unless one was given.

    Files are read only for a person at the terminal.

    Raises:
        InvalidQuery: there is no such file, or it is no API document.
        SourceUnreachable: the address does not answer.
    """
    source = query.api_document or ""
    text = await document_text(school, source, at_terminal=at_terminal)
    document = await parsed(text, source)
    return query.model_copy(update={"api_text": text, "site": query.site or document.base_url()})


async def document_text(school: School, source: str, *, at_terminal: bool) -> str:
    """Return the text of a file or an address; see ``with_document`` for what may be read.

    Raises:
        InvalidQuery: there is no such file.
        SourceUnreachable: the address does not answer.
    """
    if _address(source):
        return await _fetched(school, source, at_terminal=at_terminal)
    return await _read(source, at_terminal=at_terminal)


async def parsed(text: str, source: str) -> Document:
    """Return the API document of a text that came from ``source``.

    Raises:
        InvalidQuery: it is no API document.
    """
    return await anyio.to_thread.run_sync(load, text, _address(source))


def placed(source: str) -> str:
    """Return an address as it is and a file by its whole path, for a process with another working directory."""
    return source if _address(source) else str(Path(source).absolute())


def _address(source: str) -> str:
    return source if source.startswith(("http://", "https://")) else ""


async def _read(source: str, *, at_terminal: bool) -> str:
    path = anyio.Path(source)
    if not at_terminal or not await path.is_file():
        raise InvalidQuery(
            f"There is no file {source!r} to read.", remedy="Give a file or an address of an API document."
        )
    if (await path.stat()).st_size > MOST_BYTES:
        raise InvalidQuery("The document is larger than 20 MB.", remedy="Give the part that describes the operations.")
    return await path.read_text(encoding="utf-8", errors="replace")


async def _fetched(school: School, address: str, *, at_terminal: bool) -> str:
    observer = await school.observer.get()
    probe = Probe(id="document", purpose=ProbePurpose.DOCUMENT, url=address)
    answer = await observer.answer(probe, policy_for(address, school.settings, at_terminal=at_terminal))
    if answer.error or answer.status != 200:
        raise SourceUnreachable(f"The document did not come: {answer.error or f'status {answer.status}'}.")
    return answer.body
