"""Countries as people and other systems write them, as ISO 3166 codes."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from ptgsched.timezones import countries

# What other systems say beside the short English names of the tz database; some of the names
# that people of larger communities give their own country.
_ALSO = {
    "AE": "UAE|Emirates",
    "AT": "Osterreich",
    "BA": "Bosnia and Herzegovina",
    "BE": "Belgie|Belgique|Belgien",
    "BN": "Brunei Darussalam",
    "BO": "Bolivia Plurinational State of",
    "BR": "Brasil|Brasilien",
    "CA": "Kanada",
    "CD": "Democratic Republic of the Congo|DR Congo|Congo Kinshasa",
    "CG": "Congo|Republic of the Congo|Congo Brazzaville",
    "CH": "Schweiz|Suisse|Svizzera",
    "CI": "Cote d Ivoire|Ivory Coast",
    "CN": "People s Republic of China|PRC|Mainland China|中国|Zhongguo",
    "CV": "Cabo Verde|Cape Verde",
    "CZ": "Czechia|Czech Republic|Cesko|Ceska republika",
    "DE": "Deutschland|Allemagne|Alemania|Germany Federal Republic of",
    "DK": "Danmark",
    "ES": "Espana|Spanien|Espagne",
    "FI": "Suomi|Finnland",
    "FR": "Frankreich|Francia",
    "GB": "United Kingdom|UK|Great Britain|Britain|England|Scotland|Wales|Northern Ireland"
    "|United Kingdom of Great Britain and Northern Ireland|Vereinigtes Konigreich",
    "GR": "Hellas|Griechenland",
    "HK": "Hong Kong SAR|Hong Kong SAR China|Hongkong",
    "HU": "Magyarorszag|Ungarn",
    "IE": "Republic of Ireland|Eire|Irland",
    "IN": "Bharat|Indien",
    "IR": "Islamic Republic of Iran|Iran Islamic Republic of",
    "IT": "Italia|Italien",
    "JP": "Nippon|Nihon|日本|Japon",
    "KP": "North Korea|Democratic People s Republic of Korea|Korea Democratic People s Republic of",
    "KR": "South Korea|Korea|Republic of Korea|Korea Republic of|대한민국|한국|Sudkorea",
    "LA": "Lao People s Democratic Republic",
    "MD": "Republic of Moldova|Moldova Republic of",
    "MK": "Macedonia|Republic of North Macedonia",
    "MM": "Myanmar|Burma",
    "MO": "Macau|Macao SAR",
    "MX": "Mejico|Mexiko",
    "NL": "The Netherlands|Holland|Nederland|Niederlande",
    "NO": "Norge|Norwegen",
    "PL": "Polska|Polen",
    "PS": "Palestinian Territory|State of Palestine|Palestinian Territories|Palestine State of",
    "RO": "Rumanien",
    "RU": "Russian Federation|Россия|Rossiya|Russland",
    "SE": "Sverige|Schweden",
    "SY": "Syrian Arab Republic",
    "SZ": "Swaziland",
    "TR": "Turkiye|Turkei",
    "TW": "Taiwan Province of China|Taiwan ROC|Republic of China|台灣|台湾",
    "TZ": "United Republic of Tanzania|Tanzania United Republic of",
    "UA": "Україна|Ukraina",
    "US": "United States of America|USA|America|Estados Unidos|Vereinigte Staaten",
    "VA": "Holy See|Vatican",
    "VE": "Venezuela Bolivarian Republic of|Bolivarian Republic of Venezuela",
    "VN": "Viet Nam",
}


def country_code(text: str) -> str | None:
    """The code that `text`, a code or a name in any case, stands for; None when it tells none."""
    return _codes().get(_plain(text))


def country_name(code: str) -> str:
    """What the country is called; the code itself when it has no name."""
    return _names().get(code, code)


@cache
def _names() -> dict[str, str]:
    return {country.code: country.name for country in countries()}


@cache
def _codes() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, name in _names().items():
        found[_plain(name)] = code
        bare = _plain(re.sub(r"\(.*?\)", "", name))
        found.setdefault(bare, code)
    for code, others in _ALSO.items():
        found |= {_plain(other): code for other in others.split("|")}
    return found | {_plain(code): code for code in _names()}


def _plain(text: str) -> str:
    """Case, accents and punctuation left out: ``Côte d'Ivoire`` is ``cote d ivoire``."""
    bare = "".join(
        char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)
    )
    words = re.sub(r"[^\w]+", " ", bare.casefold().replace("&", " and ")).strip()
    return words.removeprefix("the ")
