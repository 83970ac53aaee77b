"""All sites of the valley."""

from __future__ import annotations

from tests.town_sites.asking import TownSite
from tests.valley_sites import (
    bridges,
    doctors,
    gauges,
    hive,
    huts,
    lots,
    mill,
    museum,
    notices,
    plugins,
    races,
    seeds,
)

SITES: tuple[TownSite, ...] = (
    races.SITE,
    seeds.SITE,
    hive.SITE,
    museum.SITE,
    lots.SITE,
    doctors.SITE,
    plugins.SITE,
    huts.SITE,
    notices.SITE,
    bridges.SITE,
    mill.SITE,
    gauges.SITE,
)
