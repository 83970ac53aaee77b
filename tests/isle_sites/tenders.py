"""Public tenders of a German state: layout by tables, each tender in two rows, pages by a link with a token."""

from __future__ import annotations

import base64
import binascii
import random
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import TODAY, Fact, Question, TownSite

TOWNS = ("Flensburg", "Husum", "Kiel", "Lübeck", "Neumünster", "Rendsburg")
OFFICES = ("Amt für Straßenbau", "Gebäudewirtschaft", "Landesforsten", "Wasserverband", "Schulamt")
WORKS = (
    *("Dachsanierung", "Lieferung von Streusalz", "Erneuerung der Heizung", "Winterdienst", "Fensterreinigung"),
    *("Baumpflege", "Ausbau der Kreisstraße", "Neubau einer Sporthalle", "Kanalreinigung", "Möbellieferung"),
    *("Brückenprüfung", "Abbruch eines Lagers", "Malerarbeiten", "Aufzugswartung", "Planung eines Radwegs"),
)
LOTS = ("Los 1", "Los 2", "Los 3", "Los 4", "Rahmenvertrag", "Nachtrag")
PER_PAGE = 15


@dataclass(frozen=True, kw_only=True)
class Tender:
    number: str
    title: str
    office: str
    town: str
    closes: date
    value: float | None


def _tenders() -> tuple[Tender, ...]:
    chance = random.Random(1701)
    titles = [f"{work}, {lot}" for work in WORKS for lot in LOTS]
    chance.shuffle(titles)
    titles = titles[:83]
    # No deadline today nor around two weeks from now: what "within two weeks" includes is nobody's quarrel.
    days = [at for at in range(2, 75) if at not in {13, 14, 15}]
    values = chance.sample(range(12_000, 3_900_000, 250), len(titles))
    return tuple(
        Tender(
            number=f"V-2027-{1180 + 3 * at:05}",
            title=title,
            office=chance.choice(OFFICES),
            town=chance.choice(TOWNS),
            closes=TODAY + timedelta(days=chance.choice(days)),
            value=None
            if chance.random() < 0.1
            else (values[at] if chance.random() < 0.4 else values[at] / 10 + chance.choice((0, 0.5, 0.25))),
        )
        for at, title in enumerate(titles)
    )


TENDERS = _tenders()


def _amount(value: float | None) -> str:
    if value is None:
        return "k.&nbsp;A."
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,")) + " EUR"


def _token(begin: int) -> str:
    return base64.urlsafe_b64encode(f"b{begin}~{binascii.crc32(str(begin).encode()):08x}".encode()).decode().rstrip("=")


def _begin(token: str) -> int | None:
    """Where the page of a token begins; nothing for a token that was not given out."""
    begins = range(0, len(TENDERS), PER_PAGE)
    return next((begin for begin in begins if _token(begin) == token), None)


def _two(one: Tender, at: int) -> str:
    colour = "#FFFFFF" if at % 2 else "#EEF3F8"
    return f"""<tr bgcolor="{colour}" class="z1"><td rowspan="2" valign="top">{one.number}</td>
<td colspan="2"><a href="detail.do?nr={one.number}"><b>{escape(one.title)}</b></a></td>
<td nowrap align="right">{one.closes:%d.%m.%Y}</td></tr>
<tr bgcolor="{colour}" class="z2"><td><font size="2">{one.office}</font></td><td><font size="2">{one.town}</font></td>
<td align="right"><font size="2">{_amount(one.value)}</font></td></tr>"""


def _frame(title: str, body: str) -> str:
    return f"""<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">
<html lang="de"><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title>{title}</title></head>
<body bgcolor="#FFFFFF"><table width="980" border="0" cellpadding="0" cellspacing="0" align="center">
<tr><td colspan="2"><font size="5">Vergabeportal des Landes</font></td></tr>
<tr><td width="180" valign="top"><table><tr><td><a href="liste.do">Ausschreibungen</a></td></tr>
<tr><td><a href="hilfe.do">Hilfe</a></td></tr><tr><td><a href="impressum.do">Impressum</a></td></tr></table></td>
<td valign="top">{body}</td></tr>
<tr><td colspan="2" align="center"><font size="1">Stand: 03.03.2027 · Alle Angaben ohne Gewähr</font></td></tr>
</table></body></html>"""


def listing(request: Request) -> Response:
    begin = _begin(request.query_params["vt"]) if request.query_params.get("vt") else 0
    if begin is None:
        return HTMLResponse(_frame("Fehler", "<p>Ihre Sitzung ist abgelaufen.</p>"), status_code=400)
    shown = TENDERS[begin : begin + PER_PAGE]
    onward = begin + PER_PAGE
    link = f'<a href="liste.do?vt={_token(onward)}">weiter &gt;&gt;</a>' if onward < len(TENDERS) else ""
    return HTMLResponse(
        _frame(
            "Laufende Ausschreibungen",
            f"""<h2>Laufende Ausschreibungen</h2>
<p>Treffer {begin + 1} bis {begin + len(shown)} von {len(TENDERS)}</p>
<table width="780" border="1" cellspacing="0" cellpadding="3" summary="Ausschreibungen">
<tr bgcolor="#003366"><th rowspan="2"><font color="#FFFFFF">Nummer</font></th>
<th colspan="2"><font color="#FFFFFF">Bezeichnung</font></th><th><font color="#FFFFFF">Angebotsfrist</font></th></tr>
<tr bgcolor="#003366"><th><font color="#FFFFFF">Vergabestelle</font></th><th><font color="#FFFFFF">Ort</font></th>
<th><font color="#FFFFFF">Auftragswert</font></th></tr>
{"".join(_two(one, at) for at, one in enumerate(shown))}
</table><p align="right">{link}</p>""",
        )
    )


def detail(request: Request) -> Response:
    found = [one for one in TENDERS if one.number == request.query_params.get("nr")]
    if not found:
        return HTMLResponse(_frame("Fehler", "<p>Nicht gefunden.</p>"), status_code=404)
    [one] = found
    return HTMLResponse(
        _frame(
            one.title,
            f"""<h2>{escape(one.title)}</h2><table border="1" cellpadding="3">
<tr><td>Nummer</td><td>{one.number}</td></tr>
<tr><td>Vergabestelle</td><td>{one.office}</td></tr><tr><td>Ort</td><td>{one.town}</td></tr>
<tr><td>Angebotsfrist</td><td>{one.closes:%d.%m.%Y}, 12:00 Uhr</td></tr>
<tr><td>Auftragswert (geschätzt)</td><td>{_amount(one.value)}</td></tr></table>""",
        )
    )


def plain(request: Request) -> Response:
    return HTMLResponse(_frame("Vergabeportal", "<p>Auskunft: Mo-Fr 8-12 Uhr, Telefon 0431 555-0.</p>"))


def _rows(*found: Tender) -> tuple[tuple[Fact, ...], ...]:
    return tuple((one.title,) for one in found)


QUESTIONS = (
    Question(
        id="tenders-1",
        text="all tenders in Flensburg that close before April",
        rows=_rows(*(one for one in TENDERS if one.town == "Flensburg" and one.closes < date(2027, 4, 1))),
    ),
    Question(
        id="tenders-2",
        text="Ausschreibungen mit einem Auftragswert über 1 Million Euro, die teuersten zuerst",
        rows=tuple(
            (one.title, float(one.value))
            for one in sorted(TENDERS, key=lambda one: -(one.value or 0))
            if one.value and one.value > 1_000_000
        ),
        ordered=True,
    ),
    Question(
        id="tenders-3",
        text="which tenders close within the next two weeks",
        rows=_rows(*(one for one in TENDERS if one.closes <= TODAY + timedelta(days=14))),
    ),
)

SITE = TownSite(
    name="tenders",
    app=Starlette(
        routes=[
            Route("/", listing),
            Route("/liste.do", listing),
            Route("/detail.do", detail),
            Route("/hilfe.do", plain),
            Route("/impressum.do", plain),
        ]
    ),
    questions=QUESTIONS,
)
