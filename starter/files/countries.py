"""Receipt by file: names of countries as files write them, as ISO 3166 alpha-2 codes."""

from __future__ import annotations

from functools import cache

from babel import Locale

from starter.files.headings import plain

_NAMED = ("en", "zh", "de", "fr")
# Jersey stands for the Channel Islands, which have no code of their own: both belong to one postal and customs area.
_BESIDES = {
    "eire": "IE", "channelislands": "JE", "uk": "GB", "greatbritain": "GB", "england": "GB", "scotland": "GB",
    "wales": "GB", "northernireland": "GB", "usa": "US", "unitedstatesofamerica": "US", "america": "US", "rsa": "ZA",
    "czechrepublic": "CZ", "holland": "NL", "thenetherlands": "NL", "korea": "KR", "southkorea": "KR", "uae": "AE",
    "hongkong": "HK", "macau": "MO", "macao": "MO", "prc": "CN", "mainlandchina": "CN", "turkey": "TR", "burma": "MM",
    "russianfederation": "RU", "vietnam": "VN", "中国大陆": "CN", "中华人民共和国": "CN", "香港": "HK", "澳门": "MO",
    "台湾": "TW",
}  # fmt: skip


@cache
def _codes() -> dict[str, str]:
    codes: dict[str, str] = {}
    for language in reversed(_NAMED):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "UN", "EZ", "ZZ", "XA", "XB", "QO"):
                codes[plain(name)] = code
                codes.setdefault(code.casefold(), code)
    return codes | _BESIDES


def country_code(name: str) -> str | None:
    """The code of a country's name or code; None when nobody knows it (`Unspecified`, `European Community`)."""
    return _codes().get(plain(name))
