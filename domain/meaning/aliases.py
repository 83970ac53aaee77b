"""Nicknames, airport codes and regions that gazetteers of cities do not list under those names."""

from __future__ import annotations

from typing import Final

ALIASES: Final[dict[str, str]] = {
    "sf": "san francisco",
    "sfo": "san francisco",
    "san fran": "san francisco",
    "frisco": "san francisco",
    "nyc": "new york city",
    "ny": "new york city",
    "n y c": "new york city",
    "new york": "new york city",
    "big apple": "new york city",
    "la": "los angeles",
    "l a": "los angeles",
    "lax": "los angeles",
    "sd": "san diego",
    "dc": "washington dc",
    "d c": "washington dc",
    "washington": "washington dc",
    "washington d c": "washington dc",
    "district of columbia": "washington dc",
    "philly": "philadelphia",
    "phl": "philadelphia",
    "chi town": "chicago",
    "chitown": "chicago",
    "windy city": "chicago",
    "ord": "chicago",
    "atl": "atlanta",
    "vegas": "las vegas",
    "lv": "las vegas",
    "nola": "new orleans",
    "pdx": "portland or",
    "slc": "salt lake city",
    "saint louis": "st louis",
    "st paul": "saint paul",
    "kc": "kansas city",
    "ft lauderdale": "fort lauderdale",
    "okc": "oklahoma city",
    "indy": "indianapolis",
    "motor city": "detroit",
    "beantown": "boston",
    "bos": "boston",
    "san antone": "san antonio",
    "htx": "houston",
    "atx": "austin",
    "dfw": "dallas",
    "phx": "phoenix",
    "sj": "san jose",
    "hk": "hong kong",
    "cdmx": "mexico city",
    "bombay": "mumbai",
    "bangalore": "bengaluru",
    "yvr": "vancouver",
    "yyz": "toronto",
    "uk": "united kingdom",
    "great britain": "united kingdom",
    "britain": "united kingdom",
    "usa": "united states",
    "us": "united states",
    "u s": "united states",
    "u s a": "united states",
    "america": "united states",
    "united states of america": "united states",
    "uae": "united arab emirates",
    "holland": "netherlands",
    "the netherlands": "netherlands",
    "czech republic": "czechia",
    "washington state": "washington area",
    "new york state": "new york area",
    "ny state": "new york area",
    "upstate new york": "new york area",
}
"""Folded nickname → folded name as the index has it. "washington area" is the state, since the city took its name."""

SHORT: Final = frozenset(
    {"la", "sd", "ny", "dc", "us", "kc", "lv", "sj", "hk", "indy", "bos", "ord", "uk", "sf", "frisco"}
)
"""Aliases that are also words or abbreviations of other things; they count where grammar expects a place."""

PREFERRED: Final[dict[str, str]] = {"New York City": "New York"}
"""Names of the index that sites and people write otherwise."""

REGIONS: Final[dict[str, tuple[str, float, float, str, str, str]]] = {
    "bay area": ("San Francisco Bay Area", 37.78, -122.23, "America/Los_Angeles", "US", "CA"),
    "sf bay area": ("San Francisco Bay Area", 37.78, -122.23, "America/Los_Angeles", "US", "CA"),
    "san francisco bay area": ("San Francisco Bay Area", 37.78, -122.23, "America/Los_Angeles", "US", "CA"),
    "east bay": ("East Bay", 37.83, -122.20, "America/Los_Angeles", "US", "CA"),
    "silicon valley": ("Silicon Valley", 37.39, -122.08, "America/Los_Angeles", "US", "CA"),
    "napa valley": ("Napa Valley", 38.43, -122.39, "America/Los_Angeles", "US", "CA"),
    "wine country": ("Wine Country", 38.40, -122.50, "America/Los_Angeles", "US", "CA"),
    "southern california": ("Southern California", 34.00, -117.50, "America/Los_Angeles", "US", "CA"),
    "socal": ("Southern California", 34.00, -117.50, "America/Los_Angeles", "US", "CA"),
    "northern california": ("Northern California", 38.80, -121.70, "America/Los_Angeles", "US", "CA"),
    "norcal": ("Northern California", 38.80, -121.70, "America/Los_Angeles", "US", "CA"),
    "orange county": ("Orange County", 33.72, -117.83, "America/Los_Angeles", "US", "CA"),
    "twin cities": ("Minneapolis-Saint Paul", 44.96, -93.19, "America/Chicago", "US", "MN"),
    "tri state area": ("New York metropolitan area", 40.80, -74.00, "America/New_York", "US", "NY"),
    "new england": ("New England", 43.00, -71.50, "America/New_York", "US", ""),
    "scotland": ("Scotland", 56.00, -3.80, "Europe/London", "GB", "SCT"),
    "england": ("England", 52.50, -1.50, "Europe/London", "GB", "ENG"),
    "wales": ("Wales", 51.90, -3.40, "Europe/London", "GB", "WLS"),
    "northern ireland": ("Northern Ireland", 54.60, -6.40, "Europe/London", "GB", "NIR"),
    "bavaria": ("Bavaria", 48.60, 11.60, "Europe/Berlin", "DE", "02"),
    "catalonia": ("Catalonia", 41.60, 1.90, "Europe/Madrid", "ES", "56"),
}
"""Folded name → name, centre in degrees, zone, country, region code as GeoNames has it."""

CANADA: Final[dict[str, tuple[str, str]]] = {
    "ab": ("Alberta", "01"),
    "bc": ("British Columbia", "02"),
    "mb": ("Manitoba", "03"),
    "nb": ("New Brunswick", "04"),
    "nl": ("Newfoundland and Labrador", "05"),
    "ns": ("Nova Scotia", "07"),
    "on": ("Ontario", "08"),
    "pe": ("Prince Edward Island", "09"),
    "qc": ("Quebec", "10"),
    "sk": ("Saskatchewan", "11"),
}
"""Postal abbreviation → name and GeoNames code."""

COUNTRY_CODES: Final[dict[str, str]] = {
    "uk": "united kingdom",
    "gb": "united kingdom",
    "us": "united states",
    "usa": "united states",
    "uae": "united arab emirates",
    "aus": "australia",
    "nz": "new zealand",
}
"""Abbreviations of countries that may follow a city's name; two-letter codes of others are states first."""
