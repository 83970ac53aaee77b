"""Pages of kinds that are common on the web, each with the rows a person would read from it.

Each page has what such pages have around their list: menus, filters, what is related, advertisements, footers.
"""
# ruff: noqa: E501 - markup reads better unbroken

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

URL = "https://kinds.example/list"
Row = tuple[str | None, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """One page: its markup, the fields asked for, and the true rows (addresses absolute)."""

    html: str
    fields: tuple[str, ...]
    rows: tuple[Row, ...]


KINDS: dict[str, Callable[[], Kind]] = {}
_WORDS = [
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "heath",
    "islet",
    "jetty",
    "knoll",
    "lagoon",
    "marsh",
    "north",
    "ocean",
    "prairie",
    "quarry",
    "ridge",
    "shore",
    "tundra",
    "upland",
    "valley",
    "willow",
    "yonder",
    "zephyr",
]


def _kind(make: Callable[[], Kind]) -> Callable[[], Kind]:
    KINDS[make.__name__] = make
    return make


def _join(parts: Iterable[str]) -> str:
    return "\n".join(parts)


def _links(folder: str, count: int, tag: str = "li") -> str:
    names = (f"{_WORDS[i % 25]} {_WORDS[(i * 7 + 3) % 25]}" for i in range(count))
    return _join(f'<{tag}><a href="/{folder}/{i}">{name.title()}</a></{tag}>' for i, name in enumerate(names))


def _page(main: str, *, side: str = "", menu: int = 24) -> str:
    columns = _join(
        f"<div class='mega-col'><h4>Part {i}</h4><ul>{_links(f'm{i}', menu // 3)}</ul></div>" for i in (1, 2, 3)
    )
    return (
        f"<!doctype html><html><head><title>List</title></head><body><header><a href='/'>Home</a><nav class='mega'>"
        f"{columns}</nav><form><input name='q'></form></header><div class='layout'>{side}{main}</div>"
        f"<footer><div class='cols'><ul>{_links('about', 9)}</ul></div><p>© Kinds</p></footer></body></html>"
    )


def _at(path: str) -> str:
    return f"https://kinds.example{path}"


@_kind
def shop() -> Kind:
    """Cards in rows of columns, old prices, facets, and a strip of what was seen before that is made alike."""
    goods = [
        (f"{w.title()} lamp", f"/p/{w}-lamp", f"€{30 + i * 7}.00", f"{4 - i % 3}.5") for i, w in enumerate(_WORDS[:12])
    ]

    def card(name: str, path: str, price: str, stars: str) -> str:
        old = f"<span class='price-was'>€{len(name) * 20}.00</span>" if len(name) % 2 else ""
        return (
            f"<div class='col-4'><div class='card product'><a class='pic' href='{path}'><img src='/img{path}.jpg' alt=''>"
            f"</a><div class='body'><h3><a href='{path}'>{name}</a></h3><div class='stars' title='{stars} of 5'>★★★★</div>"
            f"{old}<span class='price'>{price}</span><button>Add to cart</button></div></div></div>"
        )

    rows = _join(f"<div class='row'>{_join(card(*g) for g in goods[i : i + 3])}</div>" for i in range(0, 12, 3))
    facets = _join(
        f"<div class='facet'><h5>{w}</h5><ul>{_links('list?' + w, 14)}</ul></div>" for w in ("Brand", "Room", "Colour")
    )
    seen = _join(card(f"{w.title()} rug", f"/p/{w}-rug", "€12.00", "3.5") for w in _WORDS[12:16])
    main = f"<main><h1>Lamps</h1>{rows}<section class='recent'><h2>Seen before</h2><div class='row'>{seen}</div></section></main>"
    return Kind(
        html=_page(main, side=f"<aside class='filters'>{facets}</aside>", menu=120),
        fields=("name", "url", "price"),
        rows=tuple((name, _at(path), price) for name, path, price, _ in goods),
    )


@_kind
def forum() -> Kind:
    """Topics in a table whose heading row comes again before each part."""
    topics = [(f"How to mend a {w}", f"/t/{i}-{w}", f"user_{w}", str(i * 3 + 1)) for i, w in enumerate(_WORDS[:11])]
    head = "<tr class='head'><th>Topic</th><th>Author</th><th>Replies</th><th>Last post</th></tr>"

    def row(name: str, path: str, user: str, replies: str) -> str:
        return (
            f"<tr class='topic'><td><a href='{path}'>{name}</a> <small>1 2 3</small></td><td><a href='/u/{user}'>{user}</a></td>"
            f"<td>{replies}</td><td>2027-03-0{len(name) % 9 + 1} by <a href='/u/last'>last</a></td></tr>"
        )

    table = head + _join(row(*t) for t in topics[:4]) + head + _join(row(*t) for t in topics[4:])
    main = f"<div id='content'><h1>Workshop</h1><table class='topics'>{table}</table></div>"
    online = "<div class='online'>" + _join(f"<a href='/u/{w}'>{w}</a>," for w in _WORDS) + "</div>"
    return Kind(
        html=_page(main + online),
        fields=("topic", "url", "author", "replies"),
        rows=tuple((n, _at(p), u, r) for n, p, u, r in topics),
    )


@_kind
def jobs() -> Kind:
    """Jobs with several tags each, salaries that are missing, and advertisements of another make between them."""
    posts = [
        (
            f"{w.title()} engineer",
            f"/jobs/{100 + i}",
            f"{_WORDS[-1 - i].title()} Ltd",
            f"${60 + i},000" if i % 3 else None,
        )
        for i, w in enumerate(_WORDS[:9])
    ]

    def post(i: int, title: str, path: str, firm: str, pay: str | None) -> str:
        tags = _join(f"<li class='tag'><a href='/jobs?tag={w}'>{w}</a></li>" for w in _WORDS[i : i + 3 + i % 3])
        salary = f"<span class='salary'>{pay}</span>" if pay else ""
        ad = (
            "<div class='promo'><a href='/ads/1'>Get hired faster</a><p>Try Premium today</p></div>"
            if i % 4 == 2
            else ""
        )
        return (
            f"<div class='job'><h2><a href='{path}'>{title}</a></h2><div class='company'>{firm}</div>{salary}"
            f"<ul class='tags'>{tags}</ul></div>{ad}"
        )

    main = f"<main><h1>Jobs</h1><div class='jobs'>{_join(post(i, *p) for i, p in enumerate(posts))}</div></main>"
    return Kind(
        html=_page(main),
        fields=("title", "url", "company", "salary"),
        rows=tuple((t, _at(p), f, s) for t, p, f, s in posts),
    )


@_kind
def reference() -> Kind:
    """Functions in a definition list, some with two descriptions, beside a long contents list."""
    calls = [(f"{w}(value)", f"Returns the {w} of the value, or none.") for w in _WORDS[:10]]
    pairs = _join(
        f"<dt id='{i}'><code>{name}</code></dt><dd>{text}</dd>"
        + ("<dd class='new'>New in version 2.</dd>" if i % 3 == 1 else "")
        for i, (name, text) in enumerate(calls)
    )
    contents = f"<div class='toc'><ul>{_links('docs', 45)}</ul></div>"
    main = f"<div role='main'><h1>Functions</h1><p>All functions.</p><dl class='py'>{pairs}</dl></div>"
    return Kind(html=_page(main, side=contents), fields=("name", "description"), rows=tuple(calls))


@_kind
def wiki() -> Kind:
    """A sortable table inside an article with an infobox, references and a box of two hundred links."""
    lakes = [(w.title(), f"/wiki/{w.title()}", str(100 + i * 13), f"{i + 2}.4") for i, w in enumerate(_WORDS[:14])]
    rows = _join(f"<tr><th scope='row'><a href='{p}'>{n}</a></th><td>{d}</td><td>{a}</td></tr>" for n, p, d, a in lakes)
    info = _join(f"<tr><th>{w}</th><td>{w} value</td></tr>" for w in ("Area", "Length", "Country", "Rivers"))
    references = _join(
        f"<li><cite>{w.title()} and others, 19{70 + i}.</cite> <a href='https://doi.example/{i}'>doi</a></li>"
        for i, w in enumerate(_WORDS)
    )
    navbox = (
        f"<div class='navbox' role='navigation'><table><tr><td><ul>{_links('wiki', 200)}</ul></td></tr></table></div>"
    )
    main = (
        f"<main id='content'><h1>List of lakes</h1><table class='infobox'>{info}</table><p>These are the lakes, all of them, in order.</p>"
        f"<table class='wikitable sortable'><thead><tr><th>Lake</th><th>Depth (m)</th><th>Area (km2)</th></tr></thead><tbody>{rows}</tbody></table>"
        f"<h2>References</h2><ol class='references'>{references}</ol>{navbox}</main>"
    )
    return Kind(
        html=_page(main), fields=("lake", "url", "depth", "area"), rows=tuple((n, _at(p), d, a) for n, p, d, a in lakes)
    )


@_kind
def years() -> Kind:
    """Papers in one list a year, beside a list of forty related links that is longer than each of them."""
    papers = [(f"Decree on {w} no. {i}", f"/files/{w}-{i}.pdf") for i, w in enumerate(_WORDS[:13])]
    lists = _join(
        f"<h3>{2027 - n}</h3><ul>"
        + _join(f"<li><a href='{p}'>{t}</a> <span>(PDF, {len(t)} kB)</span></li>" for t, p in part)
        + "</ul>"
        for n, part in enumerate((papers[:6], papers[6:9], papers[9:]))
    )
    main = f"<div class='content'><h1>Decrees</h1>{lists}</div>"
    side = f"<div class='related'><h3>Related items</h3><ul>{_links('news', 40)}</ul></div>"
    return Kind(html=_page(main, side=side), fields=("name", "url"), rows=tuple((t, _at(p)) for t, p in papers))


@_kind
def results() -> Kind:
    """Search results with snippets between questions that unfold, related searches and numbered pages."""
    hits = [
        (
            f"The {w} in winter",
            f"https://{w}.example/winter",
            f"What the {w} does when snow falls, and how long it takes to thaw again.",
        )
        for w in _WORDS[:10]
    ]
    found = [
        f"<div class='g'><a href='{u}'><h3>{t}</h3><cite>{u[8:]}</cite></a><div class='snip'><span>{s}</span></div></div>"
        for t, u, s in hits
    ]
    ask = (
        "<div class='ask'>"
        + _join(f"<details><summary>Why is {w} cold?</summary><p>Because it is.</p></details>" for w in _WORDS[:4])
        + "</div>"
    )
    found.insert(3, ask)
    related = f"<div class='rel'><h4>Related searches</h4>{_join(f'<a href=/search?q={w}>{w} winter</a>' for w in _WORDS[:8])}</div>"
    pages = (
        "<div class='pages'><span>1</span>"
        + _join(f"<a href='/search?page={i}'>{i}</a>" for i in range(2, 11))
        + "</div>"
    )
    main = f"<div id='res'>{_join(found)}{related}{pages}</div>"
    return Kind(html=_page(main, menu=9), fields=("title", "url", "snippet"), rows=tuple(hits))


@_kind
def cinema() -> Kind:
    """Films, each with several showtimes: the film is the record, however many more times there are."""
    films = [(f"The {w.title()}", f"/film/{w}", f"{90 + i} min") for i, w in enumerate(_WORDS[:7])]

    def film(i: int, name: str, path: str, length: str) -> str:
        times = _join(f"<a class='time' href='/book/{i}/{h}'>{h}:15</a>" for h in range(12, 16 + i % 5))
        return f"<article class='film'><h2><a href='{path}'>{name}</a></h2><span class='runtime'>{length}</span><div class='times'>{times}</div></article>"

    main = f"<main><h1>Today</h1>{_join(film(i, *f) for i, f in enumerate(films))}</main>"
    return Kind(html=_page(main), fields=("title", "url", "runtime"), rows=tuple((n, _at(p), r) for n, p, r in films))


@_kind
def statistics() -> Kind:
    """A table with two heading rows, headings repeated within and a row of totals that spans columns."""
    towns = [(w.title(), str(1000 + i * 311), str(500 + i * 150), f"{i}.{i}%") for i, w in enumerate(_WORDS[:12])]
    head = "<tr><th rowspan='2'>Town</th><th colspan='2'>People</th><th rowspan='2'>Growth</th></tr><tr><th>All</th><th>Adults</th></tr>"
    again = "<tr class='again'><td><b>Town</b></td><td><b>All</b></td><td><b>Adults</b></td><td><b>Growth</b></td></tr>"
    rows = [f"<tr><td>{n}</td><td>{a}</td><td>{b}</td><td>{g}</td></tr>" for n, a, b, g in towns]
    table = (
        head
        + _join(rows[:6])
        + again
        + _join(rows[6:])
        + "<tr class='total'><td colspan='4'>Source: census of 2026, all towns</td></tr>"
    )
    main = (
        f"<div class='article'><h1>People by town</h1><p>How many live where.</p><table border=1>{table}</table></div>"
    )
    return Kind(html=_page(main), fields=("town", "all", "adults", "growth"), rows=tuple(towns))


@_kind
def staff() -> Kind:
    """People without any link, in columns, beside a menu of many departments."""
    people = [
        (
            f"{w.title()} {_WORDS[-1 - i].title()}",
            ("Director", "Clerk", "Head of post")[i % 3],
            f"555-01{i:02}-20{i:02}",
        )
        for i, w in enumerate(_WORDS[:10])
    ]
    boxes = _join(
        f"<div class='person'><strong>{n}</strong><p>{r}</p><p class='tel'>{t}</p></div>" for n, r, t in people
    )
    side = f"<div class='sidebar'><ul>{_links('dept', 30)}</ul></div>"
    return Kind(
        html=_page(f"<div><h1>Who we are</h1><div class='people'>{boxes}</div></div>", side=side),
        fields=("name", "role", "phone"),
        rows=tuple(people),
    )


@_kind
def three_rows() -> Kind:
    """News whose records take a row for the title, one for what is known of it, and an empty one."""
    news = [
        (f"How we built a {w}", f"https://{w}.example/show", f"{i + 3} points", f"user{w}")
        for i, w in enumerate(_WORDS[:10])
    ]
    rows = _join(
        f"<tr class='athing' id='{i}'><td class='rank'>{i + 1}.</td><td><a href='/vote?id={i}'>▲</a></td><td class='t'><a href='{u}'>{t}</a></td></tr>"
        f"<tr><td colspan='2'></td><td class='sub'><span class='score'>{p}</span> by <a class='user' href='/user?id={w}'>{w}</a> | <a href='/item?id={i}'>discuss</a></td></tr>"
        f"<tr class='spacer' style='height:5px'></tr>"
        for i, (t, u, p, w) in enumerate(news)
    )
    top = "<tr><td>" + " | ".join(f"<a href='/{w}'>{w}</a>" for w in _WORDS[:8]) + "</td></tr>"
    html = f"<html><body><center><table id='frame'>{top}<tr><td><table class='list'>{rows}</table></td></tr><tr><td><a href='/faq'>FAQ</a> | <a href='/api'>API</a></td></tr></table></center></body></html>"
    return Kind(html=html, fields=("title", "url", "points", "user"), rows=tuple(news))


@_kind
def front() -> Kind:
    """Posts with tags of their own beside a cloud of sixty tags and a list of what is read most."""
    posts = [
        (
            f"On {w} and light",
            f"/2027/{w}",
            f"2027-02-{i + 10}",
            f"A few words about {w}, its light, and the people who live beside it all year.",
        )
        for i, w in enumerate(_WORDS[:8])
    ]
    bodies = _join(
        f"<div class='post'><h2><a href='{p}'>{t}</a></h2><time datetime='{d}'>{d}</time><p>{s} <a href='{p}'>Read more</a></p>"
        f"<p class='tags'>{_join(f'<a rel=tag href=/tag/{w}>{w}</a>' for w in _WORDS[i : i + 4])}</p></div>"
        for i, (t, p, d, s) in enumerate(posts)
    )
    cloud = (
        "<div class='cloud'>"
        + _join(
            f"<a href='/tag/{a}-{b}' style='font-size:{len(a)}px'>{a} {b}</a>"
            for a in _WORDS[:6]
            for b in _WORDS[10:20]
        )
        + "</div>"
    )
    most = f"<ol class='most'>{_links('read', 12)}</ol>"
    side = f"<div class='side'><h4>Tags</h4>{cloud}<h4>Most read</h4>{most}</div>"
    return Kind(
        html=_page(f"<div id='posts'>{bodies}</div>", side=side),
        fields=("title", "url", "date"),
        rows=tuple((t, _at(p), d) for t, p, d, _ in posts),
    )


@_kind
def nested() -> Kind:
    """Courses in lists inside the items of a list of subjects: a row for each course."""
    courses = [(f"{w.title()} for all", f"/course/{i}", f"{i % 4 + 1} credits") for i, w in enumerate(_WORDS[:15])]
    parts = _join(
        f"<li class='subject'><h3>{_WORDS[-1 - n].title()} studies</h3><ul>"
        + _join(f"<li class='course'><a href='{p}'>{t}</a> <em>{c}</em></li>" for t, p, c in courses[n * 3 : n * 3 + 3])
        + "</ul></li>"
        for n in range(5)
    )
    return Kind(
        html=_page(f"<main><h1>Courses</h1><ul class='subjects'>{parts}</ul></main>"),
        fields=("course", "url", "credits"),
        rows=tuple((t, _at(p), c) for t, p, c in courses),
    )


@_kind
def month() -> Kind:
    """Events in the cells of a calendar: most days have none, some have two."""
    talks = [(f"Talk on {w}", f"/talk/{w}", f"{9 + i}:30") for i, w in enumerate(_WORDS[:9])]
    at = {2: [0], 5: [1, 2], 9: [3], 13: [4], 16: [5, 6], 20: [7], 27: [8]}
    cells = [
        f"<td class='day'><div class='num'>{d}</div>"
        + _join(
            f"<div class='ev'><span class='t'>{talks[k][2]}</span> <a href='{talks[k][1]}'>{talks[k][0]}</a></div>"
            for k in at.get(d, ())
        )
        + "</td>"
        for d in range(1, 29)
    ]
    weeks = _join(f"<tr>{''.join(cells[i : i + 7])}</tr>" for i in range(0, 28, 7))
    days = "".join(f"<th>{d}</th>" for d in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))
    main = f"<main><h1>February</h1><table class='cal'><tr>{days}</tr>{weeks}</table></main>"
    return Kind(html=_page(main), fields=("title", "url", "time"), rows=tuple((t, _at(p), h) for t, p, h in talks))


@_kind
def comments() -> Kind:
    """Answers to a question, each with small comments of its own, beside a long list of linked questions."""
    answers = [
        (
            f"user{w}",
            f"Take the {w} apart first, then oil every part of it, and put it together again slowly.",
            str(9 - i),
        )
        for i, w in enumerate(_WORDS[:6])
    ]
    bodies = _join(
        f"<div class='answer' id='a{i}'><div class='votes'>{v}</div><div class='text'><p>{t}</p></div><div class='by'>answered by <a href='/users/{u}'>{u}</a></div>"
        f"<ul class='notes'>{_join(f'<li><span>Thanks for this, {w}.</span> <a href=/users/{w}>{w}</a></li>' for w in _WORDS[i : i + 5])}</ul></div>"
        for i, (u, t, v) in enumerate(answers)
    )
    side = f"<div class='sidebar linked'><h4>Linked</h4>{_links('q', 25, 'div')}</div>"
    return Kind(
        html=_page(f"<div id='answers'><h2>6 answers</h2>{bodies}</div>", side=side),
        fields=("user", "text", "votes"),
        rows=tuple(answers),
    )


@_kind
def faq() -> Kind:
    """Questions that unfold."""
    pairs = [(f"May I bring a {w}?", f"Yes, a {w} may come along, if it is clean and quiet.") for w in _WORDS[:8]]
    items = _join(
        f"<details class='q'><summary>{q}</summary><div class='a'><p>{a}</p></div></details>" for q, a in pairs
    )
    return Kind(html=_page(f"<main><h1>Questions</h1>{items}</main>"), fields=("question", "answer"), rows=tuple(pairs))


@_kind
def flat() -> Kind:
    """Meetings as headings with what belongs to them following, a paragraph more or less."""
    meets = [(f"Meeting on {w}", f"2027-05-{i + 10}", f"/minutes/{w}.pdf") for i, w in enumerate(_WORDS[:8])]
    parts = _join(
        f"<h3>{n}</h3><p class='when'>{d}</p>"
        + ("<p>Open to the public.</p>" if i % 3 == 0 else "")
        + f"<p><a href='{p}'>Minutes</a></p>"
        for i, (n, d, p) in enumerate(meets)
    )
    return Kind(
        html=_page(f"<div class='text'><h1>Meetings</h1>{parts}</div>"),
        fields=("name", "date", "url"),
        rows=tuple((n, d, _at(p)) for n, d, p in meets),
    )


@_kind
def pager() -> Kind:
    """A list whose present item is no link: other tags stand between those of the records."""
    towns = [(w.title(), None if i == 4 else f"/town/{w}") for i, w in enumerate(_WORDS[:9])]
    items = _join(f"<a href='{p}'>{n}</a>" if p else f"<span>{n}</span>" for n, p in towns)
    main = f"<main><h1>Towns</h1><div class='towns'>{items}</div></main>"
    return Kind(html=_page(main, menu=6), fields=("name", "url"), rows=tuple((n, p and _at(p)) for n, p in towns))


@_kind
def timetable() -> Kind:
    """Departures under a day that is written once and spans its rows."""
    runs = [
        (("Monday", "Tuesday", "Friday")[i // 3], f"{8 + i}:05", f"{w.title()} Quay", f"/run/{i}")
        for i, w in enumerate(_WORDS[:9])
    ]
    rows = _join(
        "<tr>"
        + (f"<td rowspan='3'>{d}</td>" if i % 3 == 0 else "")
        + f"<td>{t}</td><td><a href='{p}'>{q}</a></td></tr>"
        for i, (d, t, q, p) in enumerate(runs)
    )
    main = f"<main><h1>Departures</h1><table><thead><tr><th>Day</th><th>Time</th><th>To</th></tr></thead><tbody>{rows}</tbody></table></main>"
    return Kind(html=_page(main), fields=("time", "to", "url"), rows=tuple((t, q, _at(p)) for _, t, q, p in runs))
