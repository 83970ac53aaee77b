"""A job board: nothing in the page but script, which asks GraphQL with a cursor."""

# ruff: noqa: E501 - a page is written as a browser gets it

from __future__ import annotations

import base64
import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import TODAY, Question, TownSite

TITLES = {
    "Nurse": ("Registered Nurse", "Night Nurse", "Theatre Nurse"),
    "Engineering": ("Software Developer", "Data Engineer", "Site Reliability Engineer"),
    "Kitchen": ("Pastry Chef", "Line Cook", "Kitchen Porter"),
    "Teaching": ("Primary Teacher", "Maths Teacher", "Teaching Assistant"),
}
EMPLOYERS = ("St Anne's Hospital", "Brightwater Ltd", "Mill House", "Northern Grid", "Oakfield Trust")
CITIES = ("Leeds", "Bristol", "Cardiff", "Glasgow")


@dataclass(frozen=True, kw_only=True)
class Job:
    number: int
    title: str
    sector: str
    employer: str
    city: str
    contract: str
    remote: bool
    salary: int
    posted: date


def _jobs() -> tuple[Job, ...]:
    chance = random.Random(31)
    jobs = []
    for number in range(500, 740):
        sector = chance.choice(list(TITLES))
        jobs.append(
            Job(
                number=number,
                title=f"{chance.choice(TITLES[sector])} (ref {number})",
                sector=sector,
                employer=chance.choice(EMPLOYERS),
                city=chance.choice(CITIES),
                contract=chance.choice(("Full-time", "Part-time", "Temporary")),
                remote=chance.random() < 0.15,
                salary=chance.randint(21, 78) * 1000,
                posted=TODAY - timedelta(days=int(chance.triangular(0, 45, 0))),
            )
        )
    return tuple(sorted(jobs, key=lambda job: (job.posted, job.number), reverse=True))


JOBS = _jobs()

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Worklane – jobs</title></head><body>
<div id="root"></div><script>
const QUERY = `query JobSearch($filter: JobFilter, $first: Int!, $after: String) {
  jobs(filter: $filter, first: $first, after: $after) {
    totalCount edges { cursor node { id title sector employer { name } location { city remote } contractType
    salary { amount currency } postedAt } } pageInfo { endCursor hasNextPage } } }`;
const filter = {text: "", city: null, contractType: null};
let after = null;
document.getElementById("root").innerHTML = `<header><h1>Find your next job</h1><input id="text" placeholder="Job title or keyword">
<select id="city"><option value="">Everywhere</option><option>Leeds</option><option>Bristol</option><option>Cardiff</option>
<option>Glasgow</option></select><select id="contract"><option value="">Any contract</option><option>Full-time</option>
<option>Part-time</option><option>Temporary</option></select></header><p id="total"></p><div id="list" role="list"></div>
<button id="more">Show more jobs</button>`;
async function load(fresh) {
  if (fresh) { after = null; document.getElementById("list").innerHTML = ""; }
  const reply = await fetch("/graphql", {method: "POST", headers: {"content-type": "application/json"},
    body: JSON.stringify({operationName: "JobSearch", query: QUERY, variables: {filter, first: 20, after}})});
  const {data} = await reply.json();
  document.getElementById("total").textContent = data.jobs.totalCount + " jobs";
  for (const {node} of data.jobs.edges) {
    const card = document.createElement("div"); card.setAttribute("role", "listitem"); card.className = "css-1x9k2";
    card.innerHTML = `<a href="/job/${node.id}"><h2>${node.title}</h2></a><p>${node.employer.name}</p>
      <p>${node.location.city}${node.location.remote ? " · Remote possible" : ""}</p><p>${node.contractType}</p>
      <p>£${node.salary.amount.toLocaleString("en-GB")} a year</p><p>Posted ${node.postedAt}</p>`;
    document.getElementById("list").append(card);
  }
  after = data.jobs.pageInfo.endCursor;
  document.getElementById("more").hidden = !data.jobs.pageInfo.hasNextPage;
}
document.getElementById("text").addEventListener("change", e => { filter.text = e.target.value; load(true); });
document.getElementById("city").addEventListener("change", e => { filter.city = e.target.value || null; load(true); });
document.getElementById("contract").addEventListener("change", e => { filter.contractType = e.target.value || null; load(true); });
document.getElementById("more").addEventListener("click", () => load(false));
load(true);
</script></body></html>"""


def _node(job: Job) -> dict[str, Any]:
    return {
        "id": str(job.number),
        "title": job.title,
        "sector": job.sector,
        "employer": {"name": job.employer},
        "location": {"city": job.city, "remote": job.remote},
        "contractType": job.contract,
        "salary": {"amount": job.salary, "currency": "GBP"},
        "postedAt": job.posted.isoformat(),
    }


def _cursor(at: int) -> str:
    return base64.b64encode(f"job:{at}".encode()).decode()


async def home(request: Request) -> Response:
    return HTMLResponse(PAGE)


async def graphql(request: Request) -> Response:
    asked = await request.json()
    variables = asked.get("variables") or {}
    wanted = variables.get("filter") or {}
    if "jobs(" not in asked.get("query", "") or not isinstance(variables.get("first"), int):
        return JSONResponse({"errors": [{"message": 'Variable "$first" of required type "Int!" was not provided.'}]})
    words = str(wanted.get("text") or "").lower().split()
    found = [
        job
        for job in JOBS
        if all(word in f"{job.title} {job.employer}".lower() for word in words)
        and wanted.get("city") in (None, "", job.city)
        and wanted.get("contractType") in (None, "", job.contract)
    ]
    start = int(base64.b64decode(variables["after"]).decode().partition(":")[2]) + 1 if variables.get("after") else 0
    shown = list(enumerate(found))[start : start + min(variables["first"], 50)]
    edges = [{"cursor": _cursor(at), "node": _node(job)} for at, job in shown]
    info = {"endCursor": edges[-1]["cursor"] if edges else None, "hasNextPage": start + len(edges) < len(found)}
    return JSONResponse({"data": {"jobs": {"totalCount": len(found), "edges": edges, "pageInfo": info}}})


def _titles(*jobs: Job) -> tuple[tuple[str], ...]:
    return tuple((job.title,) for job in jobs)


MONDAY = TODAY - timedelta(days=TODAY.weekday())

QUESTIONS = (
    Question(
        id="jobs-nurses",
        text="job offers for nurses posted this week",
        rows=_titles(*(job for job in JOBS if "Nurse" in job.title and job.posted >= MONDAY)),
    ),
    Question(
        id="jobs-part-time",
        text="part-time jobs in Leeds",
        rows=_titles(*(job for job in JOBS if job.contract == "Part-time" and job.city == "Leeds")),
    ),
    Question(
        id="jobs-salary",
        text="software developer jobs paying at least £50,000",
        rows=_titles(*(job for job in JOBS if "Software Developer" in job.title and job.salary >= 50000)),
    ),
    Question(
        id="jobs-remote",
        text="remote teacher jobs",
        rows=_titles(*(job for job in JOBS if "Teacher" in job.title and job.remote)),
    ),
    Question(id="jobs-none", text="astronaut jobs in Cardiff", rows=()),
    Question(id="jobs-where", text="kitchen jobs within 10 miles of Springfield", asks="place"),
)

SITE = TownSite(
    name="jobs",
    app=Starlette(routes=[Route("/", home), Route("/graphql", graphql, methods=["POST"])]),
    questions=QUESTIONS,
)
