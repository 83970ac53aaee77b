from __future__ import annotations

from domain.observation import Link, Probe
from domain.plan import PagingKind
from generators.emit import emit
from tests.generators.builders import HOST, NOW, intent, observed, planned
from tests.requirements import requirement

WORDS = ("Harbor", "Meadow", "Lantern", "Copper", "Willow", "Granite", "Saffron", "Juniper", "Cobalt", "Amber")


def page(number: int) -> str:
    """Ten shows of page ``number`` of three."""
    cards = "".join(
        f'<li class="show"><a href="/show/{number}-{i}"><h3>{word} Evening {number}{i}</h3></a>'
        f"<p>Hall {i} of {word}</p></li>"
        for i, word in enumerate(WORDS)
    )
    pages = "".join(f'<a href="/shows/page/{n}/">{n}</a> ' for n in (1, 2, 3))
    return f"<html><body><main><ul>{cards}</ul><nav>{pages}</nav></main></body></html>"


def site(probe: Probe) -> tuple[int, str]:
    """Page one answers without and with its number; there are three."""
    last = probe.url.removesuffix("/").rpartition("/")[2]
    if last == "shows":
        return 200, page(1)
    return (200, page(int(last))) if last in ("1", "2", "3") else (404, "")


@requirement("LEARN-7")
def test_pages_that_are_counted_in_the_address_are_asked_by_it() -> None:
    links = tuple(Link(href=f"{HOST}/shows/page/{n}/", text=str(n)) for n in (1, 2, 3))
    text = " ".join(f"{w} Evening 1{i} Hall {i} of {w}" for i, w in enumerate(WORDS))
    made = planned(observed(html=page(1), text=text, links=links), intent(), site)
    assert made.paging is not None
    assert (made.paging.kind, made.paging.location, made.paging.first) == (PagingKind.PAGE, "path", 1)
    assert made.paging.proven
    assert made.records.request.url == f"{HOST}/shows/page/{{page}}/"
    assert 'URL.replace("{page}"' in emit(made, NOW).code
