"""A board game café: an empty shell, and GraphQL with relay's connections behind it."""

from __future__ import annotations

import base64
import json
import random
import re
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import Question, TownSite

HEADS = ("Amber", "Clockwork", "Fox", "Lighthouse", "Marble", "Monsoon", "Nettle", "Orchid", "Raven", "Saffron", "Tin")
TAILS = (
    *("Bazaar", "Voyage", "Gambit", "Republic", "Gardens", "Express"),
    *("Conspiracy", "Valley", "Dynasty", "Expedition", "Harvest", "Masquerade"),
)
MAKERS = ("Kestrel Press", "Blue Meeple", "Oddfellow Games", "Sixth Floor", "Hedgehog & Sons")
GENRES = ("Cooperative", "Strategy", "Family", "Deduction", "Dexterity", "Card")
FIRST = 24


@dataclass(frozen=True, kw_only=True)
class Game:
    id: str
    title: str
    maker: str
    genres: tuple[str, ...]
    players: tuple[int, int]
    minutes: int
    rating: float
    year: int
    shelf: str | None

    def node(self) -> dict[str, Any]:
        return {
            "__typename": "Game",
            "id": self.id,
            "title": self.title,
            "publisher": {"__typename": "Publisher", "id": f"P{MAKERS.index(self.maker)}", "name": self.maker},
            "genres": list(self.genres),
            "minPlayers": self.players[0],
            "maxPlayers": self.players[1],
            "playingTime": self.minutes,
            "rating": self.rating,
            "yearPublished": self.year,
            "shelf": self.shelf,
        }


def _games() -> tuple[Game, ...]:
    chance = random.Random(8086)
    titles = [f"{head} {tail}" for head in HEADS for tail in TAILS]
    chance.shuffle(titles)
    ratings = chance.sample(range(401, 899), len(titles))
    return tuple(
        Game(
            id=base64.b64encode(f"Game:{900 + at}".encode()).decode(),
            title=title,
            maker=chance.choice(MAKERS),
            genres=tuple(chance.sample(GENRES, chance.choice((1, 1, 2)))),
            players=(chance.choice((1, 2, 2, 3)), chance.choice((4, 4, 5, 6, 8))),
            minutes=chance.choice((15, 20, 30, 40, 50, 60, 75, 90, 120, 180)),
            rating=ratings[at] / 100,
            year=chance.randint(1996, 2026),
            shelf=chance.choice(("A", "B", "C", "D")) + str(chance.randint(1, 9)) if chance.random() > 0.1 else None,
        )
        for at, title in enumerate(titles)
    )


GAMES = _games()


@dataclass(kw_only=True)
class Asked:
    """One field of a selection: its name, what it is answered as, its arguments, and what is asked below it."""

    name: str
    alias: str
    arguments: dict[str, Any] = field(default_factory=dict)
    below: list[Asked] = field(default_factory=list)


class Refusal(Exception):
    """A query that this server does not answer."""


def _value(tokens: list[str], variables: dict[str, Any]) -> Any:
    token = tokens.pop(0)
    if token.startswith("$"):
        return variables.get(token[1:])
    try:
        return json.loads(token)
    except ValueError:
        return token


def _selection(tokens: list[str], variables: dict[str, Any]) -> list[Asked]:
    """Read one selection set off the tokens."""
    tokens.pop(0)
    fields = []
    while tokens[0] != "}":
        name = alias = tokens.pop(0)
        if tokens[0] == ":":
            name = tokens[1]
            del tokens[:2]
        one = Asked(name=name, alias=alias)
        if tokens[0] == "(":
            tokens.pop(0)
            while tokens[0] != ")":
                key = tokens.pop(0)
                tokens.pop(0)
                one.arguments[key] = _value(tokens, variables)
            tokens.pop(0)
        if tokens[0] == "{":
            one.below = _selection(tokens, variables)
        fields.append(one)
    tokens.pop(0)
    return fields


def _connection(arguments: dict[str, Any]) -> dict[str, Any]:
    found = [one for one in GAMES if not arguments.get("genre") or arguments["genre"] in one.genres]
    after = arguments.get("after")
    begin = int(base64.b64decode(after).decode().rpartition(":")[2]) + 1 if after else 0
    shown = found[begin : begin + min(int(arguments.get("first") or FIRST), 50)]
    edges = [
        {
            "__typename": "GameEdge",
            "cursor": base64.b64encode(f"arrayconnection:{begin + at}".encode()).decode(),
            "node": one.node(),
        }
        for at, one in enumerate(shown)
    ]
    info = {
        "__typename": "PageInfo",
        "hasNextPage": begin + len(shown) < len(found),
        "endCursor": edges[-1]["cursor"] if edges else None,
    }
    return {"__typename": "GameConnection", "totalCount": len(found), "edges": edges, "pageInfo": info}


def _shaped(value: Any, below: list[Asked]) -> Any:
    if isinstance(value, list):
        return [_shaped(one, below) for one in value]
    if not isinstance(value, dict):
        return value
    for one in below:
        if one.name not in value:
            raise Refusal(f'Cannot query field "{one.name}" on type "{value["__typename"]}".')
    return {one.alias: _shaped(value[one.name], one.below) for one in below}


def _root(one: Asked) -> Any:
    if one.name.startswith("__"):
        raise Refusal("GraphQL introspection is not allowed by this server.")
    if one.name != "games":
        raise Refusal(f'Cannot query field "{one.name}" on type "Query".')
    return _shaped(_connection(one.arguments), one.below)


async def graphql(request: Request) -> Response:
    """Answer the one root field ``games``; introspection is off, as in production."""
    try:
        asked = json.loads(await request.body())
        text = re.sub(r"#[^\n]*", "", asked["query"])
        tokens = re.findall(r'"[^"]*"|\$?\w+|[{}():]', text[text.index("{") :])
        answer = {}
        for one in _selection(tokens, asked.get("variables") or {}):
            answer[one.alias] = _root(one)
    except Refusal as refusal:
        return JSONResponse({"errors": [{"message": str(refusal)}]}, status_code=400)
    except (ValueError, KeyError, IndexError, TypeError):
        return JSONResponse({"errors": [{"message": "Syntax Error"}]}, status_code=400)
    return JSONResponse({"data": answer})


SHELL = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>The Meeple Room</title></head><body>
<div id="app"></div>
<script>
const QUERY = `query Shelf($first: Int!, $after: String) {
  games(first: $first, after: $after) {
    totalCount
    edges { cursor node { id title publisher { id name } genres minPlayers maxPlayers playingTime rating
      yearPublished shelf __typename } __typename }
    pageInfo { endCursor hasNextPage __typename }
    __typename
  }
}`;
const app = document.getElementById("app");
app.innerHTML = `<header><b>The Meeple Room</b> <a href="/book">Book a table</a></header><h1>Our games</h1>
  <div class="sc-grid"></div><button class="sc-more">Show more games</button>
  <footer>Open 12 to 23, not on Mondays</footer>`;
let after = null;
async function more() {
  const answer = await fetch("/graphql", { method: "POST", headers: { "content-type": "application/json" },
    body: JSON.stringify({ operationName: "Shelf", query: QUERY, variables: { first: 24, after } }) });
  const { data: { games } } = await answer.json();
  app.querySelector(".sc-grid").insertAdjacentHTML("beforeend", games.edges.map(({ node }) => `<div class="sc-tile">
    <h2>${node.title}</h2><p>${node.publisher.name}, ${node.yearPublished}</p><p>${node.genres.join(" · ")}</p>
    <p>${node.minPlayers}-${node.maxPlayers} players, ${node.playingTime} min</p><p>★ ${node.rating.toFixed(2)}</p>
    <p>${node.shelf ? "Shelf " + node.shelf : "ask at the bar"}</p></div>`).join(""));
  after = games.pageInfo.endCursor;
  app.querySelector(".sc-more").hidden = !games.pageInfo.hasNextPage;
}
app.querySelector(".sc-more").addEventListener("click", more);
more();
</script></body></html>"""


def home(request: Request) -> Response:
    return HTMLResponse(SHELL)


def book(request: Request) -> Response:
    return HTMLResponse("<!doctype html><title>Book</title><h1>Book a table</h1><p>Ring the bar from noon.</p>")


QUESTIONS = (
    Question(
        id="games-1",
        text="cooperative games that take 45 minutes or less",
        rows=tuple((one.title, one.minutes) for one in GAMES if "Cooperative" in one.genres and one.minutes <= 45),
    ),
    Question(
        id="games-2",
        text="top 10 games by rating",
        rows=tuple((one.title, one.rating) for one in sorted(GAMES, key=lambda one: -one.rating)[:10]),
        ordered=True,
    ),
    Question(
        id="games-3",
        text="games from Kestrel Press published before 2010",
        rows=tuple((one.title, one.year) for one in GAMES if one.maker == "Kestrel Press" and one.year < 2010),
    ),
)

SITE = TownSite(
    name="games",
    app=Starlette(routes=[Route("/", home), Route("/book", book), Route("/graphql", graphql, methods=["POST"])]),
    questions=QUESTIONS,
)
