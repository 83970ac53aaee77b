"""Mountain huts behind GraphQL: a shell whose script posts a query for connections with cursors."""

from __future__ import annotations

import base64
import json
import random
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import Question, TownSite

REGIONS = ("Sölvtal", "Karhorn", "Upper Lenz", "Grauspitz", "Mureina")
HEADS = ("Adler", "Edelweiss", "Stein", "Nebel", "Gams", "Firn", "Lärchen", "Kessel", "Rauh", "Wind", "Bären", "Sonn")
TAILS = ("hütte", "alm", "joch Hut", "kar Bivouac")
KINDS = {"hütte": "STAFFED", "alm": "STAFFED", "joch Hut": "SELF_SERVICE", "kar Bivouac": "BIVOUAC"}


@dataclass(frozen=True, kw_only=True)
class Hut:
    slug: str
    name: str
    region: str
    kind: str
    elevation: int
    beds: int
    winter: bool
    opens: date | None
    closes: date | None
    phone: str | None
    price: float
    cards: bool
    dogs: bool


def _huts() -> tuple[Hut, ...]:
    chance = random.Random(2962)
    heights = chance.sample(range(1180, 2980), 48)
    found: list[Hut] = []
    for head in HEADS:
        for tail in TAILS:
            kind = KINDS[tail]
            opens = date(2027, 5, 20) + timedelta(days=chance.randrange(40)) if kind == "STAFFED" else None
            found.append(
                Hut(
                    slug=f"{head}{tail}".lower().replace(" ", "-").replace("ü", "ue").replace("ä", "ae"),
                    name=f"{head}{tail}",
                    region=chance.choice(REGIONS),
                    kind=kind,
                    elevation=heights.pop(),
                    beds=chance.randrange(24, 130) if kind == "STAFFED" else chance.randrange(4, 22),
                    winter=kind == "STAFFED" and chance.random() < 0.45,
                    opens=opens,
                    closes=opens + timedelta(days=chance.randrange(90, 140)) if opens else None,
                    phone=f"+43 5{chance.randrange(100, 999)} {chance.randrange(1000, 9999)}" if opens else None,
                    price=chance.choice((12.0, 14.5, 18.0, 22.0, 26.0)) if kind != "BIVOUAC" else 0.0,
                    cards=kind == "STAFFED" and chance.random() < 0.5,
                    dogs=chance.random() < 0.5,
                )
            )
    chance.shuffle(found)
    return tuple(found)


HUTS = _huts()
LIST_QUERY = """query HutList($first: Int!, $after: String, $filter: HutFilter) {
  huts(first: $first, after: $after, filter: $filter) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges { cursor node { id slug name kind elevation beds winterRoom region { name } } }
  }
}"""
HUT_QUERY = """query Hut($slug: String!) {
  hut(slug: $slug) { name kind elevation beds winterRoom region { name }
    season { opens closes } phone priceFrom acceptsCards dogsAllowed }
}"""

SCRIPT = (
    f"const LIST=`{LIST_QUERY}`;const HUT=`{HUT_QUERY}`;"
    """
const root=document.getElementById("root");
async function gql(operationName,query,variables){
  const r=await fetch("/graphql",{method:"POST",headers:{"content-type":"application/json"},
    body:JSON.stringify({operationName,query,variables})});
  return (await r.json()).data}
const kinds={STAFFED:"Staffed",SELF_SERVICE:"Self-service",BIVOUAC:"Bivouac"};
root.innerHTML=`<header><h1>Alpine Huts of the Five Valleys</h1></header><label>Region <select></select></label>
<div class="sc-grid"></div><button class="sc-more">Show more huts</button><dialog></dialog>`;
const grid=root.querySelector(".sc-grid"),more=root.querySelector(".sc-more"),pick=root.querySelector("select");
const box=root.querySelector("dialog");
let after=null;
async function load(){
  const filter=pick.value?{region:pick.value}:null;
  const {huts}=await gql("HutList",LIST,{first:12,after,filter});
  for(const {node} of huts.edges){
    const card=document.createElement("article");card.className="sc-bZkfAO card";
    card.innerHTML="<h3></h3><p></p>";card.firstChild.textContent=node.name;
    card.lastChild.textContent=`${kinds[node.kind]}, ${node.elevation} m, ${node.beds} beds, ${node.region.name}`
      +(node.winterRoom?", winter room":"");
    card.onclick=async()=>{const {hut}=await gql("Hut",HUT,{slug:node.slug});
      box.textContent=hut.name+": "+(hut.season?`open ${hut.season.opens} to ${hut.season.closes}`:"always open")
        +`, from ${hut.priceFrom} EUR, `+(hut.acceptsCards?"cards accepted":"cash only")+(hut.phone?", "+hut.phone:"");
      box.showModal()};
    grid.append(card)}
  after=huts.pageInfo.endCursor;more.hidden=!huts.pageInfo.hasNextPage}
for(const name of ["","Sölvtal","Karhorn","Upper Lenz","Grauspitz","Mureina"])pick.append(new Option(name||"All",name));
pick.onchange=()=>{after=null;grid.replaceChildren();load()};more.onclick=load;load();
"""
)


def home(request: Request) -> Response:
    return HTMLResponse("""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Alpine Huts</title>
<link rel="icon" href="data:,"><script>window.__APOLLO_STATE__={"ROOT_QUERY":{"__typename":"Query"}}</script>
<script defer src="/static/js/main.8c41f0aa.js"></script></head>
<body><noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div></body></html>""")


def _node(one: Hut) -> dict[str, Any]:
    season = {"opens": f"{one.opens}", "closes": f"{one.closes}", "__typename": "Season"} if one.opens else None
    return {
        "__typename": "Hut",
        "id": base64.b64encode(f"Hut:{HUTS.index(one) + 1}".encode()).decode(),
        "slug": one.slug,
        "name": one.name,
        "kind": one.kind,
        "elevation": one.elevation,
        "beds": one.beds,
        "winterRoom": one.winter,
        "region": {"name": one.region, "__typename": "Region"},
        "season": season,
        "phone": one.phone,
        "priceFrom": one.price,
        "acceptsCards": one.cards,
        "dogsAllowed": one.dogs,
    }


def _cursor(at: int) -> str:
    return base64.b64encode(f"arrayconnection:{at}".encode()).decode()


def _huts_of(asked: dict[str, Any]) -> dict[str, Any]:
    wanted = asked.get("filter") or {}
    found = [
        one for one in HUTS if wanted.get("region") in (None, one.region) and wanted.get("kind") in (None, one.kind)
    ]
    begin = int(base64.b64decode(asked["after"]).decode().rpartition(":")[2]) + 1 if asked.get("after") else 0
    end = begin + max(1, min(int(asked.get("first") or 12), 24))
    edges = [{"cursor": _cursor(at), "node": _node(one), "__typename": "HutEdge"} for at, one in enumerate(found)][
        begin:end
    ]
    info = {"hasNextPage": end < len(found), "endCursor": edges[-1]["cursor"] if edges else None}
    return {"totalCount": len(found), "pageInfo": info, "edges": edges, "__typename": "HutConnection"}


def _hut_of(asked: dict[str, Any]) -> dict[str, Any] | None:
    return next((_node(one) for one in HUTS if one.slug == asked.get("slug")), None)


class Refused(Exception):
    """A query that cannot be read or asks for an unknown field."""


def _selected(words: list[str], value: Any, given: dict[str, Any]) -> Any:
    """Read one selection set from the words and give its part of the value."""
    found: dict[str, Any] = {}
    while (name := words.pop(0)) != "}":
        alias = name
        if words[0] == ":":
            words.pop(0)
            name = words.pop(0)
        asked = _arguments(words, given) if words[0] == "(" else {}
        if isinstance(value, dict) and name not in value:
            raise Refused(f'Cannot query field "{name}" on type "{value.get("__typename", "Query")}".')
        inner = value[name] if isinstance(value, dict) else None
        inner = inner(asked) if callable(inner) else inner
        if words[0] == "{":
            words.pop(0)
            if isinstance(inner, list):
                kept = list(words)
                rows = [_selected(list(kept), one, given) for one in inner]
                _selected(words, None, given)
                inner = rows
            else:
                inner = _selected(words, inner, given)
        found[alias] = inner
    return found if value is not None else None


def _arguments(words: list[str], given: dict[str, Any]) -> dict[str, Any]:
    close = {"(": ")", "{": "}"}[words.pop(0)]
    found: dict[str, Any] = {}
    while words[0] != close:
        name = words.pop(0)
        words.pop(0)
        word = words[0]
        if word == "{":
            found[name] = _arguments(words, given)
            continue
        words.pop(0)
        if word.startswith("$"):
            found[name] = given.get(word[1:])
        else:
            found[name] = json.loads(word) if re.match(r'["\d]|true$|false$|null$', word) else word
    words.pop(0)
    return found


async def graphql(request: Request) -> Response:
    """Answer a posted query; there is no introspection."""
    try:
        asked = json.loads(await request.body())
        words = re.findall(r'"(?:[^"\\]|\\.)*"|\$?\w+|[{}():!=\[\]]', re.sub(r"#.*", "", asked["query"]))
        depth = at = 0
        while words[at] != "{" or depth:
            depth += {"(": 1, ")": -1}.get(words[at], 0)
            at += 1
        tree = {"huts": _huts_of, "hut": _hut_of, "__typename": "Query"}
        return JSONResponse({"data": _selected(words[at + 1 :], tree, asked.get("variables") or {})})
    except Refused as wrong:
        return JSONResponse({"errors": [{"message": str(wrong)}]}, status_code=400)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return JSONResponse({"errors": [{"message": "Syntax Error"}]}, status_code=400)


QUESTIONS = (
    Question(
        id="huts-1",
        text="huts above 2000 metres that have a winter room",
        rows=tuple((one.name, one.elevation) for one in HUTS if one.elevation > 2000 and one.winter),
    ),
    Question(
        id="huts-2",
        text="Which staffed huts in Sölvtal or Karhorn have at least 60 beds?",
        rows=tuple(
            (one.name, one.beds)
            for one in HUTS
            if one.kind == "STAFFED" and one.region in ("Sölvtal", "Karhorn") and one.beds >= 60
        ),
    ),
    Question(
        id="huts-3",
        text="the three highest bivouacs",
        rows=tuple(
            (one.name, one.elevation)
            for one in sorted(HUTS, key=lambda one: one.elevation, reverse=True)
            if one.kind == "BIVOUAC"
        )[:3],
        ordered=True,
    ),
    Question(
        id="huts-4",
        text="staffed huts whose season opens before 10 June and that take cards, with the opening date",
        rows=tuple((one.name, one.opens) for one in HUTS if one.opens and one.opens < date(2027, 6, 10) and one.cards),
    ),
)

SITE = TownSite(
    name="huts",
    app=Starlette(
        routes=[
            Route("/", home),
            Route("/static/js/main.8c41f0aa.js", lambda request: Response(SCRIPT, media_type="text/javascript")),
            Route("/graphql", graphql, methods=["POST"]),
        ]
    ),
    questions=QUESTIONS,
)
