"""Makes certification/areas/data/areas.csv from the package geothai (a dev dependency).

`python -m tests.certification.areas_from_geothai` writes the file anew; test_areas.py compares.
Data: GeoThai <https://github.com/GeoThai/data>, CC BY 4.0; codes and names of the Department of
Provincial Administration.
"""

from __future__ import annotations

import csv
from pathlib import Path

import geothai
from geothai.abolished import abolished_areas

import certification.areas

FILE = Path(str(certification.areas.__file__)).parent / "data" / "areas.csv"
COLUMNS = ["code", "name_th", "name_en", "abolished_on", "successors"]


def rows() -> list[list[str]]:
    """Areas of today and abolished ones, by code; the length of a code says its level."""
    found = []
    for province in geothai.provinces():
        found.append(province)
        for district in geothai.districts(province.code):
            found += [district, *geothai.subdistricts(district.code)]
    today = [[area.code, area.name_th, area.name_en, "", ""] for area in found]
    gone = [
        [area.code, area.name_th, area.name_en or "", area.abolished_on, " ".join(area.successors)]
        for area in abolished_areas()
    ]
    return sorted(today + gone)


def write() -> None:
    with FILE.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(COLUMNS)
        out.writerows(rows())


if __name__ == "__main__":
    write()
