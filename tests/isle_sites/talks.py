"""A conference programme: an empty shell, and a script that posts for the talks by offset."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import Fact, Question, TownSite

TRACKS = ("Security", "Data", "Frontend", "Cloud", "People")
ROOMS = ("River Hall", "Tile Room", "Lantern Stage", "Cork Room")
SLOTS = ((9, 30), (10, 30), (11, 15), (14, 0), (15, 0), (16, 30), (19, 30))
LEVELS = ("beginner", "intermediate", "expert")
PATTERNS = (
    *("Living with {}", "{} without tears", "The secret life of {}", "Why we gave up on {}"),
    *("{}: a field guide", "Ten myths about {}", "Teaching {} to a toaster", "Rescuing {} on a Friday"),
)
THINGS = (
    *("feature flags", "monoliths", "queues", "cron jobs", "type systems", "caches"),
    *("on-call rotas", "code review", "old spreadsheets", "message brokers", "retries", "time zones"),
)
FIRST = ("Ana", "Rui", "Marta", "Joao", "Petra", "Ines", "Duarte", "Lena", "Olu", "Saskia")
LAST = ("Farinha", "Okonjo", "Vidal", "Brandt", "Sequeira", "Lopo", "Mistry", "Haas")
FIRMS = ("Mossgate", "Pixelaria", "Tidal Bank", "Freguesia Labs", None)
LIMIT = 50


@dataclass(frozen=True, kw_only=True)
class Talk:
    id: str
    title: str
    track: str
    level: str
    language: str
    room: str
    begins: datetime
    speaker: str
    firm: str | None

    def served(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "track": {"id": TRACKS.index(self.track) + 1, "label": self.track},
            "level": self.level,
            "language": self.language,
            "room": self.room,
            "startsAt": self.begins.isoformat(),
            "minutes": 40,
            "speaker": {"name": self.speaker, "company": self.firm},
            "recorded": self.room == "River Hall",
        }


def _talks() -> tuple[Talk, ...]:
    chance = random.Random(1835)
    titles = [pattern.format(thing) for pattern in PATTERNS for thing in THINGS]
    titles = [title[0].upper() + title[1:] for title in titles]
    chance.shuffle(titles)
    days = [datetime(2027, 3, 19, tzinfo=UTC) + timedelta(days=at) for at in range(3)]
    places = [
        (day + timedelta(hours=hour, minutes=minute), room)
        for day in days
        for hour, minute in SLOTS
        for room in ROOMS
        if chance.random() > 0.08 and (hour < 19 or room in ROOMS[:2]) and (day.day < 21 or hour < 19)
    ]
    return tuple(
        Talk(
            id=f"s-{chance.randrange(16**6):06x}",
            title=titles[at],
            track=chance.choice(TRACKS),
            level=chance.choice(LEVELS),
            language=chance.choice(("English", "English", "Portuguese")),
            room=room,
            begins=begins,
            speaker=f"{chance.choice(FIRST)} {chance.choice(LAST)}",
            firm=chance.choice(FIRMS),
        )
        for at, (begins, room) in enumerate(places)
    )


TALKS = _talks()

SCRIPT = """
const state = { offset: 0, limit: 20, total: null, track: null };
const root = document.getElementById("root");
root.innerHTML = `<header class="css-1q8"><h1>Estuary Conf 2027</h1><p>19 to 21 March, Lisbon</p></header>
<nav class="css-77a"></nav><ul class="css-list"></ul><button class="css-more" type="button">Load more</button>
<footer>Made with love and pastries. <a href="/code-of-conduct">Code of conduct</a></footer>`;
const list = root.querySelector("ul"), more = root.querySelector(".css-more"), bar = root.querySelector("nav");
for (const [id, label] of [[null, "All"], [1, "Security"], [2, "Data"], [3, "Frontend"], [4, "Cloud"], [5, "People"]]) {
  const chip = document.createElement("button");
  chip.textContent = label;
  chip.onclick = () => { state.track = id; state.offset = 0; list.innerHTML = ""; load(); };
  bar.append(chip);
}
const when = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", hour: "numeric",
  minute: "2-digit", hour12: true, timeZone: "Europe/Lisbon" });
async function load() {
  const answer = await fetch("/api/rpc/programme.list", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ offset: state.offset, limit: state.limit, filter: { trackId: state.track } }),
  });
  const { result } = await answer.json();
  for (const one of result.rows) {
    const item = document.createElement("li");
    item.className = "css-talk";
    item.dataset.id = one.id;
    item.innerHTML = `<h3></h3><p class="by"></p><p><time datetime="${one.startsAt}">
      ${when.format(new Date(one.startsAt))}</time> <span>${one.room}</span> <span>${one.track.label}</span>
      <span>${one.level}</span> <span>${one.language}</span></p>`;
    item.querySelector("h3").textContent = one.title;
    item.querySelector(".by").textContent = one.speaker.name + (one.speaker.company ? ", " + one.speaker.company : "");
    list.append(item);
  }
  state.offset += result.rows.length;
  state.total = result.total;
  more.hidden = state.offset >= state.total;
}
more.onclick = load;
load();
"""


def home(request: Request) -> Response:
    return HTMLResponse(
        """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Estuary Conf 2027: programme</title>
<meta name="description" content="Three days of talks by the river"><link rel="icon" href="data:,"></head>
<body><noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div>
<script type="module" src="/assets/index-b7f03c1e.js"></script></body></html>"""
    )


def script(request: Request) -> Response:
    return Response(SCRIPT, media_type="text/javascript")


def conduct(request: Request) -> Response:
    return HTMLResponse("<!doctype html><title>Code of conduct</title><h1>Code of conduct</h1><p>Be kind.</p>")


async def programme(request: Request) -> Response:
    """Answer ``offset``, ``limit`` and the filter in a JSON body, as the script sends them."""
    try:
        asked = json.loads(await request.body())
        offset, limit = int(asked.get("offset", 0)), min(int(asked.get("limit", 20)), LIMIT)
        wanted = (asked.get("filter") or {}).get("trackId")
    except (ValueError, TypeError, AttributeError):
        return JSONResponse({"ok": False, "error": {"code": "bad_request"}}, status_code=400)
    found = [one for one in TALKS if wanted is None or one.track == TRACKS[int(wanted) - 1]]
    rows = [one.served() for one in found[offset : offset + limit]]
    return JSONResponse({"ok": True, "result": {"total": len(found), "offset": offset, "rows": rows}})


def _rows(*found: Talk) -> tuple[tuple[Fact, ...], ...]:
    return tuple((one.title,) for one in found)


QUESTIONS = (
    Question(
        id="talks-1",
        text="which talks are on Saturday afternoon",
        rows=tuple((one.title, one.begins) for one in TALKS if one.begins.day == 20 and 12 <= one.begins.hour < 18),
    ),
    Question(
        id="talks-2",
        text="security talks held in Portuguese",
        rows=_rows(*(one for one in TALKS if (one.track, one.language) == ("Security", "Portuguese"))),
    ),
    Question(
        id="talks-3",
        text="beginner talks in the River Hall that are not in the Data track",
        rows=_rows(
            *(one for one in TALKS if (one.level, one.room) == ("beginner", "River Hall") and one.track != "Data")
        ),
    ),
)

SITE = TownSite(
    name="talks",
    app=Starlette(
        routes=[
            Route("/", home),
            Route("/assets/index-b7f03c1e.js", script),
            Route("/code-of-conduct", conduct),
            Route("/api/rpc/programme.list", programme, methods=["POST"]),
        ]
    ),
    questions=QUESTIONS,
)
