"""Legal notices of a US county on ASP.NET Web Forms: a grid that pages by post-back, and details on own pages."""

from __future__ import annotations

import base64
import json
import random
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import TODAY, Question, TownSite

KINDS = ("Foreclosure", "Probate", "Zoning Hearing", "Name Change", "Bid Invitation")
TOWNS = ("Pinebluff", "Harlan", "Dry Creek", "Osgood Station", "Mill Run")
PAPERS = ("Harlan Courier", "Creek County Ledger", "The Pinebluff Sentinel")
FIRMS = ("Dunmore & Pyle LLP", "Law Office of R. Castellano", "Beecher Legal Group", "Whitlow and Sons, P.A.")
FIRST = ("Walter B.", "Imogene", "Clyde", "Rosalind T.", "Harvey", "Lucille", "Otis J.", "Delia")
LAST = ("Lindqvist", "Abernathy", "Pruitt", "Castleberry", "Oakes", "Vandermeer", "Tolliver", "Eberly")
STREETS = ("Sycamore St", "Old Depot Rd", "County Line Rd", "Juniper Ct", "Mercer Ave")
PER_PAGE = 10
CHOSEN = ' selected="selected"'


@dataclass(frozen=True, kw_only=True)
class Notice:
    id: int
    kind: str
    title: str
    town: str
    paper: str
    published: date
    hearing: date | None
    case: str
    attorney: str | None


def _title(kind: str, chance: random.Random) -> str:
    person = f"{chance.choice(FIRST)} {chance.choice(LAST)}"
    street = f"{chance.randrange(100, 2400)} {chance.choice(STREETS)}"
    return {
        "Foreclosure": f"Notice of Foreclosure Sale, {street}",
        "Probate": f"Estate of {person}",
        "Zoning Hearing": f"Variance Request, {street}",
        "Name Change": f"Petition for Name Change of {person}",
        "Bid Invitation": f"Invitation to Bid No. {chance.randrange(100, 999)}, {chance.choice(('Paving', 'Roof'))}",
    }[kind]


def _notices() -> tuple[Notice, ...]:
    chance = random.Random(1040)
    titles: set[str] = set()
    found: list[Notice] = []
    while len(found) < 68:
        kind = chance.choice(KINDS)
        title = _title(kind, chance)
        if title in titles:
            continue
        titles.add(title)
        published = TODAY - timedelta(days=chance.randrange(1, 75))
        held = kind != "Name Change"
        found.append(
            Notice(
                id=0,
                kind=kind,
                title=title,
                town=chance.choice(TOWNS),
                paper=chance.choice(PAPERS),
                published=published,
                hearing=max(published, TODAY - timedelta(days=5)) + timedelta(days=chance.randrange(4, 45))
                if held
                else None,
                case=f"27-CV-{chance.randrange(1000, 9999)}",
                attorney=chance.choice(FIRMS) if kind in ("Foreclosure", "Probate") else None,
            )
        )
    found.sort(key=lambda one: one.published, reverse=True)
    return tuple(Notice(**{**vars(one), "id": 50_000 - 3 * at}) for at, one in enumerate(found))


NOTICES = _notices()


def _us(day: date) -> str:
    return f"{day:%m/%d/%Y}"


def _page(title: str, body: str, *, state: dict[str, str], action: str) -> Response:
    hidden = base64.b64encode(json.dumps(state).encode()).decode()
    return HTMLResponse(f"""<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml"><head id="ctl00_Head1"><title>
	{escape(title)} - Creek County Public Notices
</title><link rel="icon" href="data:," /></head><body>
<form method="post" action="{action}" id="aspnetForm"><div class="aspNetHidden">
<input type="hidden" name="__EVENTTARGET" id="__EVENTTARGET" value="" />
<input type="hidden" name="__EVENTARGUMENT" id="__EVENTARGUMENT" value="" />
<input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="{hidden}" /></div>
<script type="text/javascript">
//<![CDATA[
var theForm = document.forms['aspnetForm'];
function __doPostBack(eventTarget, eventArgument) {{
    theForm.__EVENTTARGET.value = eventTarget;
    theForm.__EVENTARGUMENT.value = eventArgument;
    theForm.submit();
}}
//]]>
</script><div class="aspNetHidden"><input type="hidden" name="__VIEWSTATEGENERATOR" value="CA0B0334" /></div>
<table width="100%" cellpadding="4"><tr><td class="banner" colspan="2"><b>Creek County Public Notices</b></td></tr>
<tr valign="top"><td width="180"><a href="/Default.aspx">Search Notices</a><br /><a href="/Help.aspx">Help</a><br />
<br />
<i>Office closed 03/15/2027</i></td><td>{body}</td></tr></table></form></body></html>""")


def _grid(found: list[Notice], at: int) -> str:
    rows = "".join(
        f"""<tr class="{"GridAlt" if number % 2 else "GridRow"}"><td>{one.id}</td><td>{one.kind}</td><td>
<a id="ctl00_Main_gvNotices_ctl{number + 2:02}_lnkTitle" href="/NoticeDetail.aspx?id={one.id}">{escape(one.title)}</a>
</td><td>{one.town}</td><td>{_us(one.published)}</td><td>{one.paper}</td></tr>"""
        for number, one in enumerate(found[(at - 1) * PER_PAGE : at * PER_PAGE])
    )
    pages = range(1, -(-len(found) // PER_PAGE) + 1)
    cells = "".join(
        f"<td><span>{page}</span></td>"
        if page == at
        else f"""<td>
<a href="javascript:__doPostBack(&#39;ctl00$Main$gvNotices&#39;,&#39;Page${page}&#39;)">{page}</a></td>"""
        for page in pages
    )
    pager = f'<tr class="GridPager"><td colspan="6"><table><tr>{cells}</tr></table></td></tr>'
    return f"""<table cellspacing="0" rules="all" border="1" id="ctl00_Main_gvNotices"><tr class="GridHeader">
<th scope="col">Notice No.</th><th scope="col">Type</th><th scope="col">Title</th><th scope="col">Town</th>
<th scope="col">Published</th><th scope="col">Newspaper</th></tr>{rows}{pager * (len(pages) > 1)}</table>"""


async def search(request: Request) -> Response:
    """The grid; a post carries the view state, and the pager, the button or nothing as its event."""
    state = {"kind": "", "town": "", "word": ""}
    at = 1
    if request.method == "POST":
        form = {key: str(value) for key, value in (await request.form()).items()}
        try:
            state |= json.loads(base64.b64decode(form.get("__VIEWSTATE", "")) or b"{}")
        except ValueError:
            return HTMLResponse("<h1>Server Error in '/' Application.</h1>Invalid viewstate.", status_code=500)
        if "ctl00$Main$btnSearch" in form:
            state = {
                "kind": form.get("ctl00$Main$ddlType", ""),
                "town": form.get("ctl00$Main$ddlTown", ""),
                "word": form.get("ctl00$Main$txtKeyword", ""),
            }
        elif form.get("__EVENTTARGET") == "ctl00$Main$gvNotices":
            at = int(form.get("__EVENTARGUMENT", "Page$1").removeprefix("Page$"))
    found = [
        one
        for one in NOTICES
        if state["kind"] in ("", one.kind)
        and state["town"] in ("", one.town)
        and state["word"].casefold() in one.title.casefold()
    ]
    selects = "".join(
        f'{label}: <select name="ctl00$Main${name}" id="ctl00_Main_{name}"><option value="">(All)</option>'
        + "".join(f'<option{CHOSEN * (one == now)} value="{one}">{one}</option>' for one in among)
        + "</select> "
        for label, name, among, now in (
            ("Type", "ddlType", KINDS, state["kind"]),
            ("Town", "ddlTown", TOWNS, state["town"]),
        )
    )
    return _page(
        "Search",
        f"""<h2>Search Notices</h2>{selects}Keyword: <input name="ctl00$Main$txtKeyword" type="text"
value="{escape(state["word"])}" id="ctl00_Main_txtKeyword" /> <input type="submit" name="ctl00$Main$btnSearch"
value="Search"
id="ctl00_Main_btnSearch" /><br /><span id="ctl00_Main_lblCount">{len(found)} notice(s) found.</span>
<div>{_grid(found, at)}</div>""",
        state=state,
        action="./Default.aspx",
    )


def notice(request: Request) -> Response:
    one = next((one for one in NOTICES if str(one.id) == request.query_params.get("id")), None)
    if one is None:
        return HTMLResponse("<h1>Notice not found.</h1>", status_code=404)
    day = {"Foreclosure": "Sale Date", "Bid Invitation": "Bid Opening"}.get(one.kind, "Hearing Date")
    facts = {
        "Notice No.": str(one.id),
        "Type": one.kind,
        "Town": one.town,
        "Published": _us(one.published),
        "Newspaper": one.paper,
        day: _us(one.hearing) if one.hearing else "",
        "Case Number": one.case,
        "Attorney": escape(one.attorney or ""),
    }
    rows = "".join(
        f'<tr><td class="lbl"><b>{name}:</b></td><td><span id="ctl00_Main_lbl{at}">{value}</span></td></tr>'
        for at, (name, value) in enumerate(facts.items())
    )
    return _page(
        one.title,
        f"""<h2><span id="ctl00_Main_lblTitle">{escape(one.title)}</span></h2><table>{rows}</table>
<p>All interested parties are hereby notified. The full text is on file with the County Clerk.</p>
<a href="/Default.aspx">&lt;&lt; Back to search</a>""",
        state={},
        action=f"./NoticeDetail.aspx?id={one.id}",
    )


def words(request: Request) -> Response:
    return _page("Help", "<h2>Help</h2><p>Choose a type and press Search.</p>", state={}, action="./Help.aspx")


def _of(kind: str) -> list[Notice]:
    return [one for one in NOTICES if one.kind == kind]


NAMED = next(one for one in _of("Probate") if one.published < date(2027, 2, 1))

QUESTIONS = (
    Question(
        id="notices-1",
        text="zoning hearing notices in Pinebluff",
        rows=tuple((one.title, one.published) for one in _of("Zoning Hearing") if one.town == "Pinebluff"),
    ),
    Question(
        id="notices-2",
        text="Which notices did the Harlan Courier publish in February 2027 about probate or name changes?",
        rows=tuple(
            (one.title,)
            for one in NOTICES
            if one.kind in ("Probate", "Name Change")
            and one.paper == "Harlan Courier"
            and (one.published.year, one.published.month) == (2027, 2)
        ),
    ),
    Question(
        id="notices-3",
        text=f"who is the attorney for the {NAMED.title}?",
        rows=((NAMED.attorney or "",),),
    ),
    Question(
        id="notices-4",
        text="foreclosures with a sale date before March 20, 2027, with the sale date",
        rows=tuple(
            (one.title, one.hearing) for one in _of("Foreclosure") if one.hearing and one.hearing < date(2027, 3, 20)
        ),
    ),
)

SITE = TownSite(
    name="notices",
    app=Starlette(
        routes=[
            Route("/", search, methods=["GET", "POST"]),
            Route("/Default.aspx", search, methods=["GET", "POST"]),
            Route("/NoticeDetail.aspx", notice, methods=["GET", "POST"]),
            Route("/Help.aspx", words),
        ]
    ),
    questions=QUESTIONS,
)
