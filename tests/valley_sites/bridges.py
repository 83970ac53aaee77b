"""A state's bridge register: DataTables with server-side processing, and a definition list for each bridge."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import TODAY, Question, TownSite

COUNTIES = ("Marlow", "Teller", "Ash Fork", "Bellweather", "St. Clement")
WATERS = ("Snake Creek", "Little Otter River", "Cane Branch", "Big Sandy Run", "Mill Creek", "the Rail Line", "Route 9")
ROADS = ("Quarry Rd", "Main St", "Hatchet Hill Rd", "Route 41", "Depot St", "Ferry Rd", "Route 117", "Church Ln")
DESIGNS = ("Steel stringer", "Concrete arch", "Pony truss", "Box culvert", "Timber")
RATINGS = ("Good", "Fair", "Poor")


@dataclass(frozen=True, kw_only=True)
class Bridge:
    number: str
    name: str
    county: str
    design: str
    built: int
    feet: int
    rating: str
    due: date
    tons: int | None
    owner: str
    traffic: int


def _bridges() -> tuple[Bridge, ...]:
    chance = random.Random(9117)
    names = [f"{road} over {water}" for road in ROADS for water in WATERS]
    feet = chance.sample(range(20, 1480), 224)
    found: list[Bridge] = []
    for county in COUNTIES:
        for name in chance.sample(names, 37):
            found.append(
                Bridge(
                    number=f"{COUNTIES.index(county) + 10}-{chance.randrange(100, 999)}-{len(found):03}",
                    name=name,
                    county=county,
                    design=chance.choice(DESIGNS),
                    built=chance.randrange(1896, 2021),
                    feet=feet.pop(),
                    rating=chance.choice(("Good", "Good", "Good", "Fair", "Fair", "Poor")),
                    due=TODAY + timedelta(days=chance.randrange(8, 700)),
                    tons=chance.choice((3, 5, 8, 12, 15, 20)) if chance.random() < 0.2 else None,
                    owner=chance.choice(("State Highway Agency", f"{county} County", "Town")),
                    traffic=chance.randrange(2, 900) * 10,
                )
            )
    return tuple(sorted(found, key=lambda one: one.number))


BRIDGES = _bridges()
COLUMNS = ("number", "name", "county", "design", "built", "feet", "rating", "due")


def _us(day: date) -> str:
    return f"{day:%m/%d/%Y}"


def _cells(one: Bridge) -> dict[str, Any]:
    colour = {"Good": "success", "Fair": "warning", "Poor": "danger"}[one.rating]
    return {
        "DT_RowId": f"row_{one.number}",
        "number": f'<a href="/bridges/{one.number}">{one.number}</a>',
        "name": escape(one.name),
        "county": one.county,
        "design": one.design,
        "built": str(one.built),
        "feet": f"{one.feet:,}",
        "rating": f'<span class="badge text-bg-{colour}">{one.rating}</span>',
        "due": _us(one.due),
    }


def _page(title: str, body: str, scripts: str = "") -> Response:
    return HTMLResponse(f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>
<link rel="icon" href="data:,"></head><body>
<div class="usa-banner" aria-label="Official government website"><p>An official website of the state government</p>
</div>
<header class="usa-header"><a href="/" title="Home">Department of Roads and Bridges</a><nav><a href="/bridges">Bridge
register</a> <a href="/contact">Contact</a></nav></header><main id="main-content" class="container">{body}</main>
<footer class="usa-footer">Page last updated: 02/26/2027 &middot; <a href="/contact">FOIA</a>
</footer>{scripts}</body></html>
""")


def home(request: Request) -> Response:
    return _page(
        "Department of Roads and Bridges",
        """<h1>Roads and Bridges</h1>
<div class="usa-alert usa-alert--info">Frost laws are in force until 04/15/2027.</div>
<p>Look up condition ratings and inspections in the <a href="/bridges">bridge register</a>.</p>""",
    )


SCRIPT = """
$(function () {
  var table = $('#bridges').DataTable({
    processing: true, serverSide: true, pageLength: 25, order: [[0, 'asc']],
    ajax: { url: '/bridges/data', type: 'GET', data: function (d) { d.county = $('#county').val(); } },
    columns: [{data: 'number'}, {data: 'name'}, {data: 'county'}, {data: 'design'}, {data: 'built'}, {data: 'feet'},
      {data: 'rating'}, {data: 'due'}]
  });
  $('#county').on('change', function () { table.draw(); });
});
"""

TABLES = """
/* A small stand-in for jquery.dataTables with serverSide */
(function () {
  function Table(node, o) {
    var at = 0, draw = 0, body = node.tBodies[0], order = o.order[0], search = '', self = this;
    var bar = document.createElement('div'), box = document.createElement('input'), on =
document.createElement('button');
    var back = document.createElement('button'), info = document.createElement('span');
    bar.className = 'dataTables_wrapper'; box.type = 'search'; on.textContent = 'Next'; back.textContent = 'Previous';
    bar.append(box, back, info, on); node.before(bar);
    box.oninput = function () { search = box.value; at = 0; self.draw(); };
    on.onclick = function () { at += o.pageLength; self.draw(); };
    back.onclick = function () { at -= o.pageLength; self.draw(); };
    [].forEach.call(node.tHead.rows[0].cells, function (th, i) {
      th.onclick = function () { order = [i, order[0] === i && order[1] === 'asc' ? 'desc' : 'asc']; self.draw(); };
    });
    this.draw = function () {
      var d = {}, q = new URLSearchParams();
      o.ajax.data(d); q.set('draw', ++draw);
      o.columns.forEach(function (c, i) { q.set('columns[' + i + '][data]', c.data); });
      q.set('order[0][column]', order[0]); q.set('order[0][dir]', order[1]);
      q.set('start', at); q.set('length', o.pageLength); q.set('search[value]', search);
      Object.keys(d).forEach(function (k) { q.set(k, d[k]); });
      fetch(o.ajax.url + '?' + q).then(function (r) { return r.json(); }).then(function (json) {
        body.innerHTML = json.data.map(function (row) {
          return '<tr id="' + row.DT_RowId + '">' + o.columns.map(function (c) {
            return '<td>' + row[c.data] + '</td>'; }).join('') + '</tr>'; }).join('');
        info.textContent = 'Showing ' + (at + 1) + ' to ' + (at + json.data.length) + ' of ' + json.recordsFiltered;
        back.disabled = at === 0; on.disabled = at + o.pageLength >= json.recordsFiltered;
      });
    };
    this.draw();
  }
  window.$ = function (what) {
    if (typeof what === 'function') { document.addEventListener('DOMContentLoaded', what); return; }
    var node = document.querySelector(what);
    return { DataTable: function (o) { return new Table(node, o); }, val: function () { return node.value; },
      on: function (event, then) { node.addEventListener(event, then); } };
  };
})();
"""


def register(request: Request) -> Response:
    heads = "".join(
        f"<th>{one}</th>"
        for one in ("Bridge No.", "Name", "County", "Design", "Built", "Length (ft)", "Condition", "Next inspection")
    )
    options = "".join(f'<option value="{one}">{one}</option>' for one in COUNTIES)
    return _page(
        "Bridge register",
        f"""<ol class="usa-breadcrumb"><li><a href="/">Home</a></li><li>Bridge register</li></ol>
<h1>Bridge register</h1>
<label for="county">County</label> <select id="county" class="usa-select"><option value="">- All -</option>{options}
</select><table id="bridges" class="table table-striped display" style="width:100%"><thead><tr>{heads}</tr></thead>
<tbody></tbody></table>""",
        '<script src="/js/jquery.datatables.bundle.js"></script><script src="/js/bridges.js"></script>',
    )


def served(request: Request) -> Response:
    """A draw of the table: ``start``, ``length``, the search and the order."""
    asked = request.query_params
    county, word = asked.get("county", ""), asked.get("search[value]", "").casefold()
    found = [
        one
        for one in BRIDGES
        if county in ("", one.county)
        and any(word in str(part).casefold() for part in (one.number, one.name, one.county, one.design, one.rating))
    ]
    column = COLUMNS[int(asked.get("order[0][column]", 0))]
    found.sort(key=lambda one: getattr(one, column), reverse=asked.get("order[0][dir]") == "desc")
    start, length = int(asked.get("start", 0)), min(int(asked.get("length", 25)), 100)
    return JSONResponse(
        {
            "draw": int(asked.get("draw", 0)),
            "recordsTotal": len(BRIDGES),
            "recordsFiltered": len(found),
            "data": [_cells(one) for one in found[start : start + length]],
        }
    )


def bridge(request: Request) -> Response:
    one = next((one for one in BRIDGES if one.number == request.path_params["number"]), None)
    if one is None:
        return HTMLResponse("<h1>Page not found</h1>", status_code=404)
    facts = {
        "Bridge number": one.number,
        "County": f"{one.county} County",
        "Design": one.design,
        "Year built": str(one.built),
        "Length": f"{one.feet:,} ft",
        "Condition rating": one.rating,
        "Posted load limit": f"{one.tons} tons" if one.tons else "None",
        "Owner": one.owner,
        "Average daily traffic": f"{one.traffic:,}",
        "Next inspection": _us(one.due),
    }
    rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts.items())
    return _page(
        one.name,
        f"""<ol class="usa-breadcrumb"><li><a href="/">Home</a></li><li><a href="/bridges">Bridge register</a></li></ol>
<h1>{escape(one.name)}</h1><dl class="record-details">{rows}</dl>""",
    )


def contact(request: Request) -> Response:
    return _page("Contact", "<h1>Contact</h1><p>Call 555-0140.</p>")


QUESTIONS = (
    Question(
        id="bridges-1",
        text="bridges in Marlow county rated poor",
        rows=tuple((one.number, one.name) for one in BRIDGES if (one.county, one.rating) == ("Marlow", "Poor")),
    ),
    Question(
        id="bridges-2",
        text="What are the 5 longest bridges in the state?",
        rows=tuple((one.number, one.feet) for one in sorted(BRIDGES, key=lambda one: one.feet, reverse=True)[:5]),
        ordered=True,
    ),
    Question(
        id="bridges-3",
        text="bridges due for inspection in April 2027 that are not rated Good",
        rows=tuple(
            (one.number, one.due)
            for one in BRIDGES
            if (one.due.year, one.due.month) == (2027, 4) and one.rating != "Good"
        ),
    ),
    Question(
        id="bridges-4",
        text="Which Teller county bridges have a posted load limit of 8 tons or less?",
        rows=tuple((one.number, one.tons) for one in BRIDGES if one.county == "Teller" and one.tons and one.tons <= 8),
    ),
)

SITE = TownSite(
    name="bridges",
    app=Starlette(
        routes=[
            Route("/", home),
            Route("/bridges", register),
            Route("/bridges/data", served),
            Route("/bridges/{number}", bridge),
            Route("/contact", contact),
            Route("/js/bridges.js", lambda request: Response(SCRIPT, media_type="text/javascript")),
            Route("/js/jquery.datatables.bundle.js", lambda request: Response(TABLES, media_type="text/javascript")),
        ]
    ),
    questions=QUESTIONS,
)
