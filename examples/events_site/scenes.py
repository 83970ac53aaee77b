"""Events that are put there on purpose: answers to likely questions, each beside rows that only look like one.

Days are counted from the site's first day; for a Wednesday, 3 and 4 are the coming Saturday and Sunday.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A group of events of one theme; a value that is None is left to chance.

    ``names`` and ``prices`` are taken in turn; a price of None in the list is an unknown price.
    """

    place: str
    theme: str
    city: str | None = None
    days: tuple[int, ...] = ()
    hour: int | None = None
    prices: tuple[float | None, ...] = ()
    currency: str | None = None
    names: tuple[str, ...] = ()
    summary: str | None = None
    online: bool = False
    sold_out: bool | None = None
    calendar: str | None = None


GUILD = "Bay Founders Guild"
"""The one organiser with a name of its own in a scene; its look-alike is the Circle."""
SPECIAL_CALENDARS: Mapping[str, tuple[str, ...]] = {"sf": (GUILD, "Bay Founders Circle")}

SCENES: tuple[Scene, ...] = (
    # San Francisco: parties near the centre, beyond it, and of another kind.
    Scene(place="sf", theme="hip-hop party", city="San Francisco", days=tuple(range(1, 33, 2))),
    Scene(place="sf", theme="hip-hop party", city="Oakland", days=(3, 9, 10)),
    Scene(place="sf", theme="hip-hop party", city="Daly City", days=(2, 6, 13, 20)),
    Scene(place="sf", theme="hip-hop party", city="Palo Alto", days=(4, 11, 18), prices=(5, 5, 10)),
    Scene(place="sf", theme="hip-hop party", city="Palo Alto", days=(12,), prices=(None,)),
    Scene(place="sf", theme="hip-hop", city="San Francisco", days=(2, 5, 8, 11, 14)),
    Scene(place="sf", theme="party", city="San Francisco", days=(1, 3, 6, 9, 10, 17)),
    # Founders.
    Scene(place="sf", theme="yc co-founder", days=(1, 4, 7, 8, 15, 21, 28, 35)),
    Scene(place="sf", theme="nearly yc", days=(2, 3, 5, 9, 10, 16, 22)),
    Scene(place="sf", theme="private networking", days=(2, 6, 7, 13, 14, 20, 27, 34, 41)),
    Scene(place="sf", theme="nearly private", days=(1, 5, 8, 12, 19, 26)),
    Scene(place="sf", theme="nearly private", days=(3, 10, 24, 30), calendar=GUILD),
    Scene(place="sf", theme="pitch", days=(5, 17, 31), calendar=GUILD),
    Scene(place="sf", theme="nearly private", days=(4, 11, 25), calendar="Bay Founders Circle"),
    Scene(place="sf", theme="film", days=(6, 16), summary=f"An evening made with {GUILD}."),
    # Conferences of the next month: at the limit, in other currencies, a day too early or too late.
    Scene(place="sf", theme="tech conference", days=(21, 27, 34, 41, 48), prices=(99, 100, 75, 99.5, 149)),
    Scene(place="nyc", theme="tech conference", days=(20, 25, 33, 49, 50), prices=(25, 99, None, 60, 25)),
    Scene(place="london", theme="tech conference", days=(22, 29), prices=(49, 75)),
    Scene(place="toronto", theme="tech conference", days=(23, 30, 36), prices=(80, 90, 100), currency="USD"),
    Scene(place="seattle", theme="tech conference", days=(19, 20, 49, 50), prices=(49, 49, 49, 49), hour=19),
    # A weekend for families: Friday night is Saturday in UTC, Sunday evening is Monday.
    Scene(place="sf", theme="family", city="Berkeley", days=(3, 3, 3, 4, 4, 4), hour=11),
    Scene(place="sf", theme="family", city="Berkeley", days=(4,), hour=19, names=("Family Film Evening",)),
    Scene(place="sf", theme="family", city="Berkeley", days=(2, 2), hour=19),
    Scene(place="sf", theme="family", city="Berkeley", days=(5, 10, 11), hour=10),
    Scene(place="sf", theme="family", city="Oakland", days=(3, 4)),
    Scene(place="sf", theme="nearly family", city="Berkeley", days=(3, 3, 4)),
    # Free yoga this week.
    Scene(place="sf", theme="yoga", city="Oakland", days=(1, 2, 3, 4, 4), prices=(0,)),
    Scene(place="sf", theme="yoga", city="Oakland", days=(1, 3, 4), prices=(10, None, 15)),
    Scene(place="sf", theme="yoga", city="Oakland", days=(5, 6), prices=(0,)),
    Scene(place="sf", theme="yoga", city="Berkeley", days=(2, 3), prices=(0,)),
    # Salsa: never free in Berkeley on this weekend.
    Scene(place="sf", theme="salsa", city="Berkeley", days=(3, 4), prices=(10, 12)),
    Scene(place="sf", theme="salsa", city="Berkeley", days=(10, 11), prices=(0,)),
    Scene(place="sf", theme="salsa", city="Oakland", days=(3, 4), prices=(0,)),
    Scene(place="sf", theme="running", city="Oakland", days=(1, 3, 5, 8, 10, 12)),
    Scene(place="sf", theme="running", city="Berkeley", days=(2, 4, 9)),
    Scene(place="sf", theme="nearly running", city="Oakland", days=(1, 4, 7)),
    # One day in New York, seen from both sides of midnight UTC.
    Scene(place="nyc", theme="jazz concert", city="New York", days=(1, 1, 1, 1), hour=20),
    Scene(place="nyc", theme="jazz concert", city="New York", days=(1, 1), hour=18),
    Scene(place="nyc", theme="jazz concert", city="New York", days=(0, 2, 2), hour=20),
    Scene(place="nyc", theme="jazz concert", city="Brooklyn", days=(1, 1), hour=20),
    Scene(place="nyc", theme="nearly jazz", city="New York", days=(1, 1)),
    # London.
    Scene(place="london", theme="pitch", city="London", days=(2, 6, 9, 13, 16, 23), prices=(0, 19.5, 20, 15, 25, 10)),
    Scene(place="london", theme="pitch", city="London", days=(3, 8), prices=(10, 15), currency="EUR"),
    Scene(place="london", theme="pitch", city="Croydon", days=(4,), prices=(10,)),
    Scene(place="london", theme="concert", city="London", days=(2, 5, 9, 12), sold_out=True),
    Scene(place="london", theme="concert", city="Richmond", days=(3,), sold_out=True),
    Scene(place="london", theme="concerto", city="London", days=(4, 8), sold_out=True),
    Scene(place="london", theme="pottery", city="London", days=(2, 5, 8, 13, 18), prices=(35, 39.5, 40, 25, None)),
    Scene(place="london", theme="pottery", city="London", days=(7, 15), prices=(30, 35), currency="USD"),
    Scene(place="london", theme="pottery", city="Croydon", days=(6,), prices=(25,)),
    # Paris, Berlin, Tokyo, Toronto.
    Scene(place="paris", theme="tasting", city="Paris", days=(2, 5, 8, 12, 17), prices=(29.5, 30, 30.5, 20, None)),
    Scene(place="paris", theme="tasting", city="Montreuil", days=(3, 9), prices=(15, 25)),
    Scene(place="paris", theme="tasting", city="Paris", days=(6,), prices=(20,), currency="GBP"),
    Scene(place="berlin", theme="board games", city="Berlin", days=(20, 22, 24, 27, 29), hour=20),
    Scene(place="berlin", theme="board games", city="Berlin", days=(19, 30), hour=20),
    Scene(place="berlin", theme="board games", city="Potsdam", days=(21, 25)),
    Scene(place="berlin", theme="nearly board games", city="Berlin", days=(20, 23, 28)),
    Scene(place="berlin", theme="climate", city="Berlin", days=(1, 4, 9, 15, 22, 30)),
    Scene(place="berlin", theme="climate", city="Potsdam", days=(5, 18)),
    Scene(place="tokyo", theme="art opening", city="Tokyo", days=(10, 10, 10), hour=19, prices=(0, 1000, 0)),
    Scene(place="tokyo", theme="art opening", city="Tokyo", days=(10,), hour=8, names=("Morning Art Opening",)),
    Scene(place="tokyo", theme="art opening", city="Tokyo", days=(9, 11, 11), hour=8),
    Scene(place="tokyo", theme="art opening", city="Yokohama", days=(10, 10)),
    Scene(place="tokyo", theme="nearly art", city="Tokyo", days=(10, 10)),
    Scene(place="toronto", theme="crypto", city="Toronto", days=(3, 7, 11, 19), prices=(40, 40.5, 30, 20)),
    Scene(place="toronto", theme="crypto", city="Toronto", days=(5, 14), prices=(25, 35), currency="USD"),
    Scene(place="toronto", theme="crypto", city="Markham", days=(6,), prices=(10,)),
    Scene(place="toronto", theme="nearly crypto", city="Toronto", days=(4, 9), prices=(10, 20)),
    # The cheapest, the earliest, and what is left out.
    Scene(place="la", theme="wine", city="Los Angeles", days=(4, 9, 16, 24, 33), prices=(12, 14.5, 17, 21.25, 16.75)),
    Scene(place="la", theme="wine", city="Santa Monica", days=(5, 8), prices=(9, 11)),
    Scene(place="la", theme="wine", city="Los Angeles", days=(6,), prices=(None,)),
    Scene(place="seattle", theme="chess", city="Seattle", days=(1, 2, 3, 6, 9)),
    Scene(place="seattle", theme="chess", city="Bellevue", days=(0, 1)),
    Scene(place="austin", theme="fitness class", city="Austin", days=(1, 2, 5, 8, 12)),
    Scene(place="austin", theme="yoga class", city="Austin", days=(1, 3, 6, 9)),
    Scene(place="austin", theme="nearly yoga", city="Austin", days=(4, 7), names=("Yogurt Lovers Spin Class",)),
    Scene(place="austin", theme="opera", city="Austin", days=(0, 2, 3)),
    Scene(place="austin", theme="opera", city="Round Rock", days=(1,)),
    Scene(place="sf", theme="ai workshop", days=(2, 6, 11), online=True),
    Scene(place="london", theme="ai workshop", days=(3, 10), online=True),
    Scene(place="singapore", theme="nearly ai", days=(4, 8), online=True),
)
