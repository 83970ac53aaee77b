"""A single-page app whose list comes from a search by POST with a JSON body; pages are numbers in the body."""
# ruff: noqa: E501 - markup and scripts read better unbroken

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.sites.asked import Asked, Site

CITIES = ("Berlin", "Hamburg", "Munich", "Leipzig")
ROLES = ("Python Developer", "Data Engineer", "Nurse", "Electrician", "Product Designer", "Accountant", "Go Developer")
FIRMS = ("Acorn Labs", "Blue Harbor", "Cinder", "Dune Works", "Ember")
JOBS = [
    {
        "jobId": f"j-{n:03d}",
        "title": f"{('Senior ' if n % 3 == 0 else '')}{ROLES[n % 7]}",
        "company": {"name": FIRMS[n % 5], "size": n % 5 * 40 + 10},
        "location": {"city": CITIES[n % 4], "country": "DE"},
        "remote": n % 6 == 0,
        "salary": {"amount": 41000 + (n * 3700) % 62000, "currency": "EUR"},
        "postedAt": f"2027-0{n % 4 + 2}-{n % 27 + 1:02d}T08:00:00Z",
    }
    for n in range(73)
]
PAGE = """<!doctype html><html lang=en><title>Jobs board</title><h1>Open positions</h1><form id=f><input type=search name=text
placeholder="Search jobs"><button>Search</button></form><div id=list>Loading…</div><button id=more type=button>Load more</button>
<script>
let page = 1;
async function load() {
  const body = {query: document.querySelector('[name=text]').value, filters: {}, page: page, pageSize: 15};
  const answer = await fetch('/api/search', {method: 'POST', headers: {'content-type': 'application/json'},
    body: JSON.stringify(body)});
  const data = await answer.json();
  if (page === 1) document.getElementById('list').innerHTML = '';
  for (const job of data.hits) {
    const card = document.createElement('div'); card.className = 'job';
    card.innerHTML = `<h3>${job.title}</h3><p>${job.company.name}</p><p>${job.location.city}</p><b>${job.salary.amount} €</b>`;
    document.getElementById('list').append(card);
  }
}
document.getElementById('more').onclick = () => { page += 1; load(); };
document.getElementById('f').onsubmit = (e) => { e.preventDefault(); page = 1; load(); };
load();
</script></html>"""


async def search(request: Request) -> Response:
    asked = await request.json()
    if not isinstance(asked.get("page"), int):
        return JSONResponse({"error": "page must be a number"}, status_code=400)
    found = [j for j in JOBS if str(asked.get("query", "")).lower() in str(j["title"]).lower()]
    size, number = min(asked.get("pageSize", 15), 50), asked["page"]
    hits = found[(number - 1) * size : number * size]
    return JSONResponse({"hits": hits, "pagination": {"page": number, "pageSize": size, "totalHits": len(found)}})


SITE = Site(
    name="jobs",
    app=Starlette(routes=[Route("/", lambda _: HTMLResponse(PAGE)), Route("/api/search", search, methods=["POST"])]),
    questions=(
        Asked(text="all jobs with company", rows=[(j["title"], j["jobId"]) for j in JOBS]),
        Asked(
            text="python jobs in Berlin",
            rows=[(j["jobId"],) for j in JOBS if "Python" in str(j["title"]) and j["location"]["city"] == "Berlin"],  # type: ignore[index]  # plain test data
        ),
        Asked(
            text="remote jobs with a salary above 60000",
            rows=[(j["jobId"],) for j in JOBS if j["remote"] and j["salary"]["amount"] > 60000],  # type: ignore[index]  # plain test data
        ),
        Asked(
            text="the ten best paid jobs",
            rows=[(j["jobId"],) for j in sorted(JOBS, key=lambda j: -j["salary"]["amount"])[:10]],  # type: ignore[index]  # plain test data
            ordered=True,
        ),
        Asked(
            text="jobs posted in May 2027",
            rows=[(j["jobId"],) for j in JOBS if str(j["postedAt"]).startswith("2027-05")],
        ),
    ),
)
