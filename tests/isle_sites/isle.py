"""All sites of the isle."""

from __future__ import annotations

from tests.isle_sites import (
    bikes,
    boilers,
    concerts,
    depot,
    games,
    podcast,
    shelter,
    talks,
    tenders,
    vinyl,
)
from tests.town_sites.asking import TownSite

SITES: tuple[TownSite, ...] = (
    bikes.SITE,
    talks.SITE,
    games.SITE,
    shelter.SITE,
    vinyl.SITE,
    boilers.SITE,
    podcast.SITE,
    tenders.SITE,
    concerts.SITE,
    depot.SITE,
)
