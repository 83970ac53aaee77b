"""Evening classes in a single page: the list comes by fetch from an endpoint with a JSON body, offset and limit."""

# ruff: noqa: E501 - a page is written as a browser gets it

from __future__ import annotations

import random
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import Fact, Question, TownSite

SUBJECTS = {
    "pottery": ("Throwing on the Wheel", "Slab Building", "Glazes and Kilns"),
    "languages": ("Spanish Conversation", "Everyday Italian", "Polish for Travellers", "Greek Reading Group"),
    "photography": ("Darkroom Printing", "Street Portraits", "Night Skies"),
    "woodwork": ("Dovetail Joints", "Green Woodturning", "Hand Tool Basics"),
    "cookery": ("Sourdough", "Thai Street Food", "Knife Skills"),
}
LEVELS = ("beginner", "intermediate", "advanced")
TEACHERS = ("Amina Farouk", "Bryn Howells", "Carla Nunes", "Dmitri Orlov", "Esi Mensah", "Fay Whitlock")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, kw_only=True)
class Course:
    code: str
    title: str
    subject: str
    level: str
    tutor: str
    starts: date
    weekday: str
    weeks: int
    fee: float
    places_left: int


def _courses() -> tuple[Course, ...]:
    chance = random.Random(881)
    made = []
    for number in range(1, 104):
        subject = chance.choice(tuple(SUBJECTS))
        starts = date(2027, 2, 1) + timedelta(days=chance.randint(0, 140))
        level = chance.choice(LEVELS)
        made.append(
            Course(
                code=f"EC{number:03d}",
                title=f"{chance.choice(SUBJECTS[subject])} {chance.choice(('I', 'II', 'III', 'Intensive', 'Weekend'))}",
                subject=subject,
                level=level,
                tutor=chance.choice(TEACHERS),
                starts=starts,
                weekday=DAYS[starts.weekday()],
                weeks=chance.choice((1, 4, 6, 8, 10)),
                fee=float(chance.randint(6, 60) * 5),
                places_left=max(0, chance.randint(-3, 12)),
            )
        )
    return tuple(made)


COURSES = _courses()

PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>Evening classes | Millbank College</title></head>
<body><div id="root"><p>Loading…</p></div><script>
const state = {subject: "", level: "", text: "", sort: "starts", offset: 0, items: []};
async function load(more) {
  if (!more) { state.offset = 0; state.items = []; }
  const filters = {};
  if (state.subject) filters.subject = state.subject;
  if (state.level) filters.level = state.level;
  if (state.text) filters.text = state.text;
  const answer = await fetch("/api/classes/search", {method: "POST", headers: {"Content-Type": "application/json"},
    body: JSON.stringify({filters, sort: state.sort, offset: state.offset, limit: 24})});
  const data = await answer.json();
  state.items = state.items.concat(data.hits); state.total = data.total; state.offset = state.items.length;
  show();
}
function option(value, label, now) { return `<option value="${value}" ${value === now ? "selected" : ""}>${label}</option>`; }
function show() {
  const cards = state.items.map(c => `<li class="k3x"><h3>${c.title}</h3><p><span>${c.subject}</span> · <span>${c.level}</span> · with <span>${c.tutor}</span></p>
    <p>${c.weekday}s from <time datetime="${c.starts}">${new Date(c.starts).toLocaleDateString("en-GB", {day: "numeric", month: "long", year: "numeric"})}</time>, ${c.weeks} weeks</p>
    <p><b>£${c.fee.toFixed(2)}</b> <i>${c.places_left ? c.places_left + " places left" : "Full"}</i></p></li>`).join("");
  document.getElementById("root").innerHTML = `<header><h1>Evening classes</h1></header>
    <div class="bar"><input id="text" placeholder="Search classes" value="${state.text}">
    <select id="subject" aria-label="Subject">${option("", "Any subject", state.subject)}SUBJECTS</select>
    <select id="level" aria-label="Level">${option("", "Any level", state.level)}${option("beginner", "Beginner", state.level)}${option("intermediate", "Intermediate", state.level)}${option("advanced", "Advanced", state.level)}</select>
    <select id="sort" aria-label="Sort">${option("starts", "Start date", state.sort)}${option("fee", "Lowest fee", state.sort)}</select></div>
    <p>${state.total} classes</p><ul>${cards}</ul>${state.items.length < state.total ? '<button id="more">Show more</button>' : ""}`;
  for (const name of ["subject", "level", "sort"]) document.getElementById(name).onchange = e => { state[name] = e.target.value; load(false); };
  document.getElementById("text").onchange = e => { state.text = e.target.value; load(false); };
  const more = document.getElementById("more"); if (more) more.onclick = () => load(true);
}
load(false);
</script></body></html>""".replace(
    "SUBJECTS", "".join(f'${{option("{one}", "{one.capitalize()}", state.subject)}}' for one in SUBJECTS)
)


def home(request: Request) -> Response:
    return HTMLResponse(PAGE)


async def search(request: Request) -> Response:
    asked: dict[str, Any] = await request.json()
    filters = asked.get("filters") or {}
    found = [
        one
        for one in COURSES
        if all(getattr(one, key) == filters[key] for key in ("subject", "level") if filters.get(key))
        and str(filters.get("text", "")).lower() in one.title.lower()
    ]
    found.sort(
        key=lambda one: (one.fee, one.code) if asked.get("sort") == "fee" else (one.starts.toordinal(), one.code)
    )
    offset, limit = int(asked.get("offset") or 0), min(int(asked.get("limit") or 24), 48)
    hits = [{**asdict(one), "starts": one.starts.isoformat()} for one in found[offset : offset + limit]]
    return JSONResponse({"hits": hits, "total": len(found), "offset": offset, "limit": limit})


def _rows(*found: Course) -> tuple[tuple[Fact, ...], ...]:
    return tuple((one.title, one.tutor, one.fee, one.starts) for one in found)


QUESTIONS = (
    Question(
        id="courses-beginner",
        text="beginner pottery classes",
        rows=_rows(*(one for one in COURSES if (one.subject, one.level) == ("pottery", "beginner"))),
    ),
    Question(
        id="courses-april",
        text="language classes that start in April",
        rows=_rows(*(one for one in COURSES if one.subject == "languages" and one.starts.month == 4)),
    ),
    Question(
        id="courses-tuesday",
        text="classes on Tuesdays under £100",
        rows=_rows(*(one for one in COURSES if one.weekday == "Tuesday" and one.fee < 100)),
    ),
    Question(
        id="courses-next-week",
        text="classes starting next week",
        rows=_rows(*(one for one in COURSES if date(2027, 3, 8) <= one.starts <= date(2027, 3, 14))),
    ),
    Question(
        id="courses-tutor",
        text="woodwork courses taught by Esi Mensah",
        rows=_rows(*(one for one in COURSES if (one.subject, one.tutor) == ("woodwork", "Esi Mensah"))),
    ),
    Question(
        id="courses-full",
        text="cookery classes with no places left",
        rows=_rows(*(one for one in COURSES if one.subject == "cookery" and not one.places_left)),
    ),
    Question(id="courses-all", text="all evening classes", rows=_rows(*COURSES)),
    Question(id="courses-none", text="welding classes", rows=()),
)

SITE = TownSite(
    name="courses",
    app=Starlette(routes=[Route("/", home), Route("/api/classes/search", search, methods=["POST"])]),
    questions=QUESTIONS,
)
