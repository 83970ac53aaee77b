"""A sports league: standings by group with cells over several rows, a table of scorers, results by matchday."""

# ruff: noqa: E501 - a page is written as a browser gets it

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import Question, TownSite

GROUPS = {
    "North": ("Harbour FC", "Rovers Vik", "Lighthouse SC", "Fjord United", "Stormhaven", "Pier Athletic"),
    "South": ("Valley Town", "Orchard FC", "Sunfield", "Mill Rangers", "Castle Albion", "Redbridge"),
}
NAMES = ("Aaro", "Bilal", "Ciro", "Dion", "Emre", "Faris", "Goran", "Hugo", "Ivo", "Jonas", "Kofi", "Luca")
LAST = ("Lind", "Sarr", "Moretti", "Pavlik", "Yilmaz", "Nowak", "Diallo", "Berg", "Costa", "Weiss")


@dataclass(frozen=True, kw_only=True)
class Match:
    day: date
    matchday: int
    home: str
    away: str
    goals: tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Scorer:
    name: str
    team: str
    goals: int
    assists: int
    played: int


@dataclass(frozen=True, kw_only=True)
class Standing:
    team: str
    group: str
    won: int
    drawn: int
    lost: int
    points: int


def _matches() -> tuple[Match, ...]:
    chance = random.Random(71)
    matches = []
    for teams in GROUPS.values():
        for turn in range(10):
            ring = [teams[0], *[teams[1 + (at + turn) % 5] for at in range(5)]]
            for at in range(3):
                pair = (ring[at], ring[5 - at]) if turn < 5 else (ring[5 - at], ring[at])
                goals = (chance.choice((0, 1, 1, 2, 3)), chance.choice((0, 0, 1, 2, 2)))
                day = date(2026, 12, 5) + timedelta(days=7 * turn + chance.randint(0, 1))
                matches.append(Match(day=day, matchday=turn + 1, home=pair[0], away=pair[1], goals=goals))
    return tuple(sorted(matches, key=lambda match: (match.day, match.home)))


MATCHES = _matches()


def _standing(group: str, team: str) -> Standing:
    own = [m.goals if m.home == team else m.goals[::-1] for m in MATCHES if team in (m.home, m.away)]
    won, drawn = sum(a > b for a, b in own), sum(a == b for a, b in own)
    return Standing(team=team, group=group, won=won, drawn=drawn, lost=len(own) - won - drawn, points=3 * won + drawn)


STANDINGS = tuple(
    one
    for group, teams in GROUPS.items()
    for one in sorted((_standing(group, team) for team in teams), key=lambda one: -one.points)
)


def _scorers() -> tuple[Scorer, ...]:
    chance = random.Random(73)
    teams = [team for group in GROUPS.values() for team in group]
    names = chance.sample([f"{first} {last}" for first in NAMES for last in LAST], 84)
    goals = sorted((chance.randint(0, 9) for _ in range(78)), reverse=True)
    goals = [21, 19, 16, 14, 13, 11, *goals]
    return tuple(
        Scorer(
            name=name, team=chance.choice(teams), goals=goal, assists=chance.randint(0, 8), played=chance.randint(4, 10)
        )
        for name, goal in zip(names, goals, strict=True)
    )


SCORERS = _scorers()


def _shell(title: str, body: str) -> Response:
    return HTMLResponse(
        f'<!DOCTYPE html><html lang="en"><head><title>{title} | Coastal League</title></head><body><div id="top"><ul '
        'class="menu"><li><a href="/standings">Standings</a></li><li><a href="/scorers">Scorers</a></li><li><a '
        'href="/results">Results</a></li></ul></div><div class="ad">Your club kit, printed in a day</div>'
        f'<h1>{title}</h1>{body}<div id="foot">Season 2026/27</div></body></html>'
    )


async def standings(request: Request) -> Response:
    rows = ""
    for group in GROUPS:
        own = [one for one in STANDINGS if one.group == group]
        for place, one in enumerate(own, 1):
            lead = f'<th rowspan="{len(own)}" scope="rowgroup">{group}</th>' if place == 1 else ""
            rows += (
                f'<tr>{lead}<td>{place}</td><td><a href="/team/{one.team.replace(" ", "-")}">{one.team}</a></td><td>10</td>'
                f"<td>{one.won}</td><td>{one.drawn}</td><td>{one.lost}</td><td><b>{one.points}</b></td></tr>"
            )
    head = "".join(
        f'<th><abbr title="{long}">{short}</abbr></th>'
        for short, long in {
            "Group": "Group",
            "#": "Place",
            "Team": "Team",
            "P": "Played",
            "W": "Won",
            "D": "Drawn",
            "L": "Lost",
            "Pts": "Points",
        }.items()
    )
    return _shell("Standings", f"<table class='standings'><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>")


async def scorers(request: Request) -> Response:
    rows = "".join(
        f"<tr><td>{place}</td><td>{one.name}</td><td>{one.team}</td><td>{one.goals}</td><td>{one.assists}</td>"
        f"<td>{one.played}</td></tr>"
        for place, one in enumerate(SCORERS, 1)
    )
    head = "<tr><th>Rank</th><th>Player</th><th>Team</th><th>Goals</th><th>Assists</th><th>Matches</th></tr>"
    return _shell("Scorers", f"<table id='scorers'>{head}{rows}</table>")


async def results(request: Request) -> Response:
    day = int(request.query_params.get("matchday", "10"))
    tabs = " ".join(f'<a href="/results?matchday={n}">Matchday {n}</a>' for n in range(1, 11))
    rows = "".join(
        f"<tr><td>{m.day:%d %b %Y}</td><td>{m.home}</td><td>{m.goals[0]}:{m.goals[1]}</td><td>{m.away}</td></tr>"
        for m in MATCHES
        if m.matchday == day
    )
    head = "<tr><th>Date</th><th>Home</th><th>Score</th><th>Away</th></tr>"
    return _shell("Results", f"<p>{tabs}</p><h2>Matchday {day}</h2><table class='results'>{head}{rows}</table>")


def _names(*scorers: Scorer) -> tuple[tuple[str, int], ...]:
    return tuple((one.name, one.goals) for one in scorers)


QUESTIONS = (
    Question(id="league-top", text="top 5 scorers", begin="/scorers", rows=_names(*SCORERS[:5]), ordered=True),
    Question(
        id="league-team",
        text="scorers of Harbour FC",
        begin="/scorers",
        rows=_names(*(one for one in SCORERS if one.team == "Harbour FC")),
    ),
    Question(
        id="league-assists",
        text="players with at least 5 assists and more than 6 goals",
        begin="/scorers",
        rows=_names(*(one for one in SCORERS if one.assists >= 5 and one.goals > 6)),
    ),
    Question(
        id="league-points",
        text="teams with more than 13 points",
        begin="/standings",
        rows=tuple((one.team, one.points) for one in STANDINGS if one.points > 13),
    ),
    Question(
        id="league-group",
        honest=True,
        text="teams in the South group",
        begin="/standings",
        rows=tuple((one.team, one.points) for one in STANDINGS if one.group == "South"),
    ),
    Question(
        id="league-matchday",
        text="results of matchday 3",
        begin="/results",
        rows=tuple((m.home, m.away) for m in MATCHES if m.matchday == 3),
    ),
)

SITE = TownSite(
    name="league",
    app=Starlette(routes=[Route("/standings", standings), Route("/scorers", scorers), Route("/results", results)]),
    questions=QUESTIONS,
)
