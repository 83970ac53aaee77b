"""What stands one page further than the records' own pages: behind a link that those label.

A concert's page names its hall, and only the hall's page has the street address. One step more is all that is taken,
and only where the question names the thing that the link leads to, or asks for the address of where something is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import urldefrag, urljoin, urlsplit

from domain.meaning.words import fold, forms
from domain.observation import Column, ProbeAnswer, ProbePurpose
from domain.plan import FieldType
from generators.induction.reading import read
from generators.induction.tree import parse_document
from generators.sources.asking import Questions, good
from generators.sources.naming import snake
from generators.sources.page_fields import page_columns, page_links
from generators.sources.relevance import named
from generators.sources.requests import template_of
from generators.sources.roles import Role, roles_of

_MOST_LABELS: Final = 2
_USUAL: Final = 0.5


def study_beyond(
    pages: Sequence[tuple[str, Any]], wanted: Sequence[str], asked: str, questions: Questions
) -> list[Column]:
    """Return columns for ``wanted`` that stand behind a link of the pages, each with the link's column before it.

    ``pages`` are records' own pages: their addresses and trees. ``asked`` is the question as it was written.
    """
    for link, addresses in _links(pages, wanted, asked)[:_MOST_LABELS]:
        about = f"the page behind {link.label} of a record's page"
        answers = [questions.ask(template_of(a), ProbePurpose.DETAIL, about) for a in addresses]
        found = page_columns(list(_trees(answers)))
        served = [column for word in wanted if (column := named(found, word)) is not None]
        if served:
            return [link, *(c.model_copy(update={"behind": link.name}) for c in dict.fromkeys(served))]
    return []


def _links(pages: Sequence[tuple[str, Any]], wanted: Sequence[str], asked: str) -> list[tuple[Column, list[str]]]:
    """The labelled links that the question names, and where they lead from those pages that have them."""
    proposals = {locator: label for _, tree in pages for locator, label in page_links(tree)}
    found: dict[str, tuple[Column, list[str]]] = {}
    for locator, label in proposals.items():
        name = f"{snake(label)}_url"
        if name in found or not _names(label, wanted, asked):
            continue
        addresses = [a for base, tree in pages if (a := _address(tree, locator, base))]
        if addresses and len(addresses) >= _USUAL * len(pages):
            samples = tuple(dict.fromkeys(addresses))
            fill = round(len(addresses) / len(pages), 4)
            column = Column(name=name, locator=locator, type=FieldType.URL, fill=fill, label=label, samples=samples)
            found[name] = (column, list(samples))
    return list(found.values())


def _names(label: str, wanted: Sequence[str], asked: str) -> bool:
    """Whether the question speaks of what a label names, or asks for an address where the label names a place."""
    said = {form for word in fold(asked).split() for form in forms(word)}
    if any(word in said for word in fold(label).split()):
        return True
    place = Role.VENUE in roles_of(Column(name=snake(label), locator=""))
    return place and any(Role.ADDRESS in roles_of(Column(name=snake(word), locator="")) for word in wanted)


def _address(tree: Any, locator: str, base: str) -> str:
    """Where a page's link leads, if that is another page of the same host."""
    value = read(tree, locator)
    address = urldefrag(urljoin(base, value)).url if isinstance(value, str) and value else ""
    same = urlsplit(address)[:2] == urlsplit(base)[:2]
    return address if same and address != urldefrag(base).url else ""


def _trees(answers: Sequence[ProbeAnswer | None]) -> Iterator[Any]:
    for answer in answers:
        if answer is not None and good(answer):
            tree = parse_document(answer.body)
            if tree is not None:
                yield tree
