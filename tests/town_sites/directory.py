"""A staff directory: script asks an endpoint that wants the token which the page brings along."""

# ruff: noqa: E501 - a page is written as a browser gets it

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from itertools import count

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import Question, TownSite

FIRST = ("Maria", "Anton", "Leila", "Oskar", "Priya", "Samuel", "Ewa", "Diego", "Hanna", "Victor", "Noor", "Tilda")
LAST = ("Lindqvist", "Okoye", "Brandt", "Salazar", "Kowalska", "Iyer", "Holm", "Fischer", "Moreau", "Petrov", "Aziz")
DEPARTMENTS = ("Finance", "Human Resources", "Engineering", "Legal", "Facilities")
BUILDINGS = ("North", "South", "Annex")


@dataclass(frozen=True, kw_only=True)
class Person:
    number: int
    name: str
    department: str
    building: str
    room: int
    extension: str
    years: int


def _people() -> tuple[Person, ...]:
    chance = random.Random(101)
    names = chance.sample([f"{first} {last}" for first in FIRST for last in LAST], 120)
    if "Maria Lindqvist" not in names:
        names[17] = "Maria Lindqvist"
    return tuple(
        Person(
            number=number,
            name=name,
            department=chance.choice(DEPARTMENTS),
            building=chance.choice(BUILDINGS),
            room=chance.randint(100, 420),
            extension=f"+44 113 555 {1000 + number * 7}",
            years=chance.randint(0, 30),
        )
        for number, name in enumerate(sorted(names), 1)
    )


PEOPLE = _people()
_turn = count(1)
_given: set[str] = set()

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="directory-token" content="TOKEN">
<title>Staff directory</title></head><body><header><h1>Staff directory</h1></header><form id="find"><input name="q"
placeholder="Name"><select name="department"><option value="">All departments</option>OPTIONS</select><button>Search</button>
</form><table><thead><tr><th>Name</th><th>Department</th><th>Building</th><th>Room</th><th>Phone</th><th>Years here</th></tr>
</thead><tbody id="people"></tbody></table><p><span id="total"></span> <button id="next">Next</button></p><script>
const token = document.querySelector("meta[name=directory-token]").content;
let page = 1;
async function show() {
  const form = new FormData(document.getElementById("find"));
  const asked = new URLSearchParams({q: form.get("q"), department: form.get("department"), page: String(page)});
  const answer = await fetch("/internal/people.json?" + asked, {headers: {"X-Directory-Token": token}});
  const {people, total} = await answer.json();
  document.getElementById("total").textContent = total + " people";
  document.getElementById("people").innerHTML = people.map(p => `<tr><td>${p.name}</td><td>${p.department}</td>
    <td>${p.building}</td><td>${p.room}</td><td><a href="tel:${p.phone}">${p.phone}</a></td><td>${p.years}</td></tr>`).join("");
}
document.getElementById("find").addEventListener("submit", e => { e.preventDefault(); page = 1; show(); });
document.getElementById("next").onclick = () => { page += 1; show(); };
show();
</script></body></html>"""


async def home(request: Request) -> Response:
    token = hashlib.sha256(f"directory {next(_turn)}".encode()).hexdigest()[:32]
    _given.add(token)
    options = "".join(f"<option>{name}</option>" for name in DEPARTMENTS)
    return HTMLResponse(PAGE.replace("TOKEN", token).replace("OPTIONS", options))


async def people(request: Request) -> Response:
    if request.headers.get("x-directory-token") not in _given:
        return JSONResponse({"error": "token"}, status_code=403)
    asked = request.query_params
    found = [
        one
        for one in PEOPLE
        if asked.get("q", "").lower() in one.name.lower() and asked.get("department", "") in ("", one.department)
    ]
    page = int(asked.get("page") or 1)
    shown = [
        {
            "id": one.number,
            "name": one.name,
            "department": one.department,
            "building": one.building,
            "room": str(one.room),
            "phone": one.extension,
            "years": one.years,
        }
        for one in found[(page - 1) * 25 : page * 25]
    ]
    return JSONResponse({"people": shown, "total": len(found), "page": page})


def _rows(*people: Person) -> tuple[tuple[str, str], ...]:
    return tuple((one.name, one.extension) for one in people)


QUESTIONS = (
    Question(
        id="directory-finance",
        text="staff in the finance department",
        rows=_rows(*(one for one in PEOPLE if one.department == "Finance")),
    ),
    Question(
        id="directory-phone",
        text="phone number of Maria Lindqvist",
        rows=_rows(*(one for one in PEOPLE if one.name == "Maria Lindqvist")),
    ),
    Question(
        id="directory-building",
        text="engineering people in building North",
        rows=_rows(*(one for one in PEOPLE if (one.department, one.building) == ("Engineering", "North"))),
    ),
    Question(
        id="directory-years",
        text="legal staff who have been here more than 20 years",
        rows=_rows(*(one for one in PEOPLE if one.department == "Legal" and one.years > 20)),
    ),
    Question(id="directory-none", text="people named Zebedee", rows=()),
)

SITE = TownSite(
    name="directory",
    app=Starlette(routes=[Route("/", home), Route("/internal/people.json", people)]),
    questions=QUESTIONS,
)
