"""A single-page app over GraphQL: two operations at one address, a cursor in the variables."""
# ruff: noqa: E501 - markup and scripts read better unbroken

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.sites.asked import Asked, Site

DIRECTORS = ("Ada Berg", "Noor Haddad", "Lin Wei", "Paulo Reis")
GENRES = ("Drama", "Comedy", "Thriller")
NOUNS = (
    "River",
    "Winter",
    "Mirror",
    "Garden",
    "Signal",
    "Harbor",
    "Orchard",
    "Lantern",
    "Meridian",
    "Quarry",
    "Velvet",
)
FILMS = [
    {
        "id": f"film-{n}",
        "title": f"The {NOUNS[n % 11]} {'Returns' if n > 21 else 'Story' if n > 10 else 'House'}",
        "year": 1971 + (n * 17) % 55,
        "director": {"name": DIRECTORS[n % 4]},
        "genre": GENRES[n % 3],
        "runtimeMinutes": 80 + (n * 7) % 70,
    }
    for n in range(33)
]
PAGE = """<!doctype html><html lang=en><title>Film archive</title><h1>Films</h1><p id=who></p><ul id=films></ul>
<script>
const ask = (operationName, query, variables) => fetch('/graphql', {method: 'POST',
  headers: {'content-type': 'application/json'}, body: JSON.stringify({operationName, query, variables})}).then(r => r.json());
let cursor = null, busy = false, done = false;
async function more() {
  if (busy || done) return;
  busy = true;
  const answer = await ask('FilmList', 'query FilmList($first: Int!, $after: String) { films(first: $first, after: $after) { edges { node { id title year genre runtimeMinutes director { name } } } pageInfo { endCursor hasNextPage } } }',
    {first: 10, after: cursor});
  for (const {node} of answer.data.films.edges) {
    const item = document.createElement('li'); item.style.height = '160px';
    item.textContent = `${node.title} (${node.year}) by ${node.director.name}, ${node.genre}`;
    document.getElementById('films').append(item);
  }
  cursor = answer.data.films.pageInfo.endCursor; done = !answer.data.films.pageInfo.hasNextPage; busy = false;
}
ask('Viewer', 'query Viewer { viewer { name notices { id text } } }', {}).then(a => {
  document.getElementById('who').textContent = 'Signed in as ' + a.data.viewer.name; });
addEventListener('scroll', () => { if (innerHeight + scrollY > document.body.scrollHeight - 50) more(); });
more();
</script></html>"""


async def graphql(request: Request) -> Response:
    asked = await request.json()
    if asked.get("operationName") == "Viewer":
        notices = [{"id": str(n), "text": f"Notice {n}"} for n in range(4)]
        return JSONResponse({"data": {"viewer": {"name": "guest", "notices": notices}}})
    given = asked["variables"]
    start = int(given["after"] or 0)
    if not isinstance(given["first"], int):
        return JSONResponse({"errors": [{"message": "first: Int! expected"}]})
    page = FILMS[start : start + given["first"]]
    end = start + len(page)
    return JSONResponse(
        {
            "data": {
                "films": {
                    "edges": [{"node": film} for film in page],
                    "pageInfo": {"endCursor": str(end), "hasNextPage": end < len(FILMS)},
                }
            }
        }
    )


SITE = Site(
    name="films",
    app=Starlette(routes=[Route("/", lambda _: HTMLResponse(PAGE)), Route("/graphql", graphql, methods=["POST"])]),
    questions=(
        Asked(text="all films", rows=[(f["title"], f["year"]) for f in FILMS]),
        Asked(
            text="thriller films directed by Lin Wei",
            rows=[
                (f["id"],)
                for f in FILMS
                if f["genre"] == "Thriller" and f["director"]["name"] == "Lin Wei"  # type: ignore[index]  # plain test data
            ],
        ),
        Asked(
            text="the five oldest films",
            rows=[(f["title"], f["year"]) for f in sorted(FILMS, key=lambda f: int(str(f["year"])))[:5]],
            ordered=True,
        ),
    ),
)
