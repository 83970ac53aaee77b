"""What stands behind a link of the records' own pages, and when that link is followed at all."""

from __future__ import annotations

from domain.observation import Column, Probe, ProbeAnswer, ProbePurpose
from generators.induction.tree import parse_document
from generators.sources.asking import Questions
from generators.sources.beyond import study_beyond
from tests.requirements import requirement

SITE = "https://wiki.test"
CONCERT = """<html><body><table><tr><th>Venue</th><td><a href="/v/{n}">Hall {n}</a></td></tr>
<tr><th>Band</th><td><a href="/b/{n}">Band {n}</a></td></tr>
<tr><th>Sponsor</th><td><a href="https://elsewhere.test/">Somebody</a></td></tr></table></body></html>"""
BEHIND = {
    "v": "<table><tr><th>Address</th><td>{n} Main Street</td></tr><tr><th>Seats</th><td>90{n}</td></tr></table>",
    "b": "<dl><dt>Founded</dt><dd>199{n}</dd></dl>",
}
PAGES = [(f"{SITE}/c/{n}", parse_document(CONCERT.replace("{n}", str(n)))) for n in (1, 2)]


def answer(probe: Probe) -> ProbeAnswer:
    kind, number = probe.url.split("/")[-2:]
    body = f"<html><body>{BEHIND[kind].replace('{n}', number)}</body></html>"
    return ProbeAnswer(probe=probe, status=200, final_url=probe.url, content_type="text/html", body=body)


def followed(wanted: str, asked: str) -> tuple[list[Column], list[str]]:
    """Return the columns once every question is answered, and the addresses that were asked for."""
    first = Questions(())
    study_beyond(PAGES, [wanted], asked, first)
    answers = [answer(probe) for probe in first.open]
    found = study_beyond(PAGES, [wanted], asked, Questions(answers))
    assert all(probe.purpose is ProbePurpose.DETAIL for probe in first.open)
    return found, [probe.url for probe in first.open]


@requirement("LEARN-3")
def test_the_link_that_the_question_names_is_followed() -> None:
    found, asked = followed("founded", "concerts with the year in which the band was founded")
    assert asked == [f"{SITE}/b/1", f"{SITE}/b/2"]
    assert [(c.name, c.behind, c.samples) for c in found] == [
        ("band_url", "", (f"{SITE}/b/1", f"{SITE}/b/2")),
        ("founded", "band_url", ("1991", "1992")),
    ]


@requirement("LEARN-3")
def test_an_address_is_looked_for_where_something_is() -> None:
    found, asked = followed("street address", "rock concerts with the street address")
    assert asked == [f"{SITE}/v/1", f"{SITE}/v/2"]
    assert [c.name for c in found] == ["venue_url", "address"]
    assert found[1].samples == ("1 Main Street", "2 Main Street")


@requirement("LEARN-3")
def test_nothing_else_is_followed_and_nothing_leaves_the_site() -> None:
    assert followed("rating", "concerts with their rating") == ([], [])
    assert followed("founded", "concerts with the year in which the sponsor was founded") == ([], [])
    found, _ = followed("rating", "concerts with the rating of the band")
    assert found == []
