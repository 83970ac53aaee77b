"""Event pages: times of day, categories by path, an endless calendar, and pages in French and Japanese."""
# ruff: noqa: E501 - markup and scripts read better unbroken

from __future__ import annotations

from datetime import date, timedelta

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.sites.asked import Asked, Site

KINDS = ("music", "theatre", "sport", "food")
NAMES = (
    "Night Owls",
    "Paper Moon",
    "Harbor Run",
    "Soup Sunday",
    "Low Tide",
    "Glass Menagerie",
    "Derby",
    "Street Feast",
)
HALLS = ("Palais Rouge", "Kleines Haus", "North Arena", "Market Square")
SHOWS = [
    {
        "id": n,
        "name": f"{NAMES[n % 8]} {n // 8 + 1}",
        "kind": KINDS[n % 4],
        "day": date(2027, 5, 10) + timedelta(days=n),
        "hour": (9, 14, 18, 20, 22)[n % 5],
        "hall": HALLS[(n * 3) % 4],
        "price": (0, 8.5, 12.5, 30)[n % 4],
    }
    for n in range(40)
]
JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MOIS = ("", "janvier", "février", "mars", "avril", "mai", "juin", "juillet")


def _frame(title: str, body: str, lang: str = "en") -> Response:
    menu = "".join(f"<a href='/category/{k}'>{k.title()}</a> " for k in KINDS)
    return HTMLResponse(
        f"<!doctype html><html lang={lang}><meta charset=utf-8><title>{title}</title><nav>{menu}<a href=/contact>Contact</a></nav>"
        f"<h1>{title}</h1>{body}</html>"
    )


def _item(show: dict[str, object]) -> str:
    return (
        f'<li class="show"><a href="/show/{show["id"]}">{show["name"]}</a> <time datetime="{show["day"]}T{show["hour"]:02d}:00">'
        f'{show["day"]}, {show["hour"]}:00</time> <span class="hall">{show["hall"]}</span></li>'
    )


def shows(request: Request) -> Response:
    kind = request.path_params.get("kind")
    found = [s for s in SHOWS if kind in (None, s["kind"])]
    title = f"{kind.title()} events" if kind else "What's on"
    return _frame(title, f"<ul class=shows>{''.join(map(_item, found))}</ul>")


def month(request: Request) -> Response:
    """Goes on for ever: every month has a next one."""
    year, number = int(request.path_params["year"]), int(request.path_params["month"])
    found = [s for s in SHOWS if (s["day"].year, s["day"].month) == (year, number)]
    after = f"/calendar/{year + number // 12}/{number % 12 + 1}"
    items = "".join(map(_item, found)) or "<p>No events this month.</p>"
    return _frame(
        f"Calendar {year}-{number:02d}",
        f'<ul class=shows>{items}</ul><a class="next" rel="next" href="{after}">Next month</a>',
    )


def french(_: Request) -> Response:
    def told(show: dict[str, object]) -> str:
        day: date = show["day"]  # type: ignore[assignment]  # plain test data
        when = f"{JOURS[day.weekday()]} {day.day} {MOIS[day.month]} {day.year} à {show['hour']}h00"
        cost = "Gratuit" if not show["price"] else f"{show['price']:.2f}".replace(".", ",") + " €"
        return (
            f'<div class="spectacle"><h2>{show["name"]}</h2><p class="quand">{when}</p><p class="lieu">{show["hall"]}</p>'
            f'<p class="tarif">{cost}</p></div>'
        )

    return _frame("Agenda des spectacles", "".join(map(told, SHOWS[:20])), "fr")


def japanese(_: Request) -> Response:
    rows = "".join(
        f"<tr><td>{s['name']}</td><td>{s['day'].year}年{s['day'].month}月{s['day'].day}日</td>"
        f"<td>¥{int(float(str(s['price'])) * 160):,}</td></tr>"
        for s in SHOWS[:20]
    )
    return _frame("イベント一覧", f"<table><tr><th>名前</th><th>日付</th><th>料金</th></tr>{rows}</table>", "ja")


def _yen(show: dict[str, object]) -> int:
    return int(float(str(show["price"])) * 160)


SITE = Site(
    name="agenda",
    app=Starlette(
        routes=[
            Route("/", shows),
            Route("/category/{kind}", shows),
            Route("/calendar/{year}/{month}", month),
            Route("/fr", french),
            Route("/ja", japanese),
        ]
    ),
    questions=(
        Asked(
            text="events after 6 pm this weekend",
            rows=[
                (s["name"],)
                for s in SHOWS
                if str(s["day"]) in ("2027-05-15", "2027-05-16") and int(str(s["hour"])) >= 18
            ],
        ),
        Asked(text="events in the morning", rows=[(s["name"],) for s in SHOWS if int(str(s["hour"])) < 12]),
        Asked(text="music events", rows=[(s["name"],) for s in SHOWS if s["kind"] == "music"]),
        Asked(
            text="theatre events in June 2027",
            rows=[(s["name"],) for s in SHOWS if s["kind"] == "theatre" and str(s["day"])[:7] == "2027-06"],
        ),
        Asked(
            text="events in June 2027",
            path="/calendar/2027/5",
            rows=[(s["name"],) for s in SHOWS if str(s["day"])[:7] == "2027-06"],
        ),
        Asked(
            text="shows under 10 euros",
            path="/fr",
            rows=[(s["name"],) for s in SHOWS[:20] if float(str(s["price"])) < 10],
        ),
        Asked(text="free shows", path="/fr", rows=[(s["name"],) for s in SHOWS[:20] if not s["price"]]),
        Asked(
            text="shows from 20 to 25 May 2027",
            path="/fr",
            rows=[(s["name"],) for s in SHOWS[:20] if "2027-05-20" <= str(s["day"]) <= "2027-05-25"],
        ),
        Asked(
            text="events from 20 to 25 May 2027",
            path="/ja",
            rows=[(s["name"], _yen(s)) for s in SHOWS[:20] if "2027-05-20" <= str(s["day"]) <= "2027-05-25"],
        ),
    ),
)
