"""The commands about known sites: ``main.py sites list|add|hide``."""

from __future__ import annotations

from typing import Annotated

import typer
from pydantic import ValidationError

from domain.errors import InvalidArguments, SchoolError
from school import show
from school.console import plain_error, print_json, status_of
from school.settings import load_settings
from school.sites import KnownSite, add_site, known_sites

app = typer.Typer(no_args_is_help=True, help="Sites that need not be named in a question.")

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout, nothing else.")]


@app.command("list")
def list_sites(as_json: Json = False) -> None:
    """List the known sites, one's own first."""
    try:
        sites = known_sites(load_settings().home)
    except SchoolError as problem:
        raise _ended(problem, as_json=as_json) from None
    if as_json:
        print_json({"status": "ok", "sites": [site.model_dump(mode="json") for site in sites]})
        return
    rows = [
        {"name": s.name, "answers": ", ".join(s.answers), "url": s.url, "cities": ", ".join(s.cities)} for s in sites
    ]
    show.table("Known sites", rows)


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What people call the site.")],
    url: Annotated[str, typer.Option("--url", help="The page to begin from.")],
    answers: Annotated[list[str], typer.Option("--answers", help="What its records are: events, books …")],
    city: Annotated[list[str] | None, typer.Option("--city", help="The page of one city: NAME=URL.")] = None,
    as_json: Json = False,
) -> None:
    """Add a site, or replace the one of that name."""
    try:
        cities = dict(_pair(each) for each in city or [])
        words = tuple(word.strip() for each in answers for word in each.split(",") if word.strip())
        site = KnownSite(name=name, url=url, answers=words, cities=cities)
        kept = add_site(load_settings().home, site)
    except ValidationError as error:
        first = error.errors()[0]
        problem = InvalidArguments(f"{first['loc'][0]}: {first['msg']}", remedy="Write --url https://host/page")
        raise _ended(problem, as_json=as_json) from None
    except SchoolError as problem:
        raise _ended(problem, as_json=as_json) from None
    _done(f"{name} is known now; see {kept}", as_json=as_json)


@app.command()
def hide(name: Annotated[str, typer.Argument(help="Name of a known site.")], as_json: Json = False) -> None:
    """Take a site out of the catalogue."""
    try:
        home = load_settings().home
        if name not in {site.name for site in known_sites(home)}:
            raise InvalidArguments(f"No known site is called {name!r}.", remedy="See: main.py sites list")
        kept = add_site(home, KnownSite(name=name, hidden=True))
    except SchoolError as problem:
        raise _ended(problem, as_json=as_json) from None
    _done(f"{name} is no longer suggested; see {kept}", as_json=as_json)


def _pair(text: str) -> tuple[str, str]:
    city, sign, url = text.partition("=")
    if not sign:
        raise InvalidArguments(f"{text!r} is no NAME=URL pair.", remedy='Write --city "London=https://host/london"')
    return city.strip(), url.strip()


def _done(message: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"status": "ok", "message": message})
    else:
        show.out.print(message)


def _ended(problem: SchoolError, *, as_json: bool) -> typer.Exit:
    if as_json:
        print_json(plain_error(problem))
    else:
        show.problem(problem)
    return typer.Exit(status_of(problem))
