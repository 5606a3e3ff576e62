"""A complaint bars nothing by itself, and no claim rests on a paper by others: whatever decides,
issues, labels and sells reads neither."""

import re

from tests.tidy.sources import ROOT, told

DECIDE = (
    "certification/applications", "certification/inspections", "certification/conversion",
    "certification/decisions", "certification/hearings", "certification/certificates",
    "market/domain/lots", "market/domain/labels", "market/domain/offers", "market/domain/orders",
)  # fmt: skip
THEIRS = re.compile(r"\bgrievance(_\w+)?\b|certification\.(grievances|marks)|\b(FROM|JOIN) mark\b")


def test_nothing_of_the_guarantee_rests_on_them() -> None:
    files = [path for folder in DECIDE for path in sorted((ROOT / folder).rglob("*.py"))]
    assert len(files) > 50
    found = [f"{path}: {one[0]}" for path in files for one in THEIRS.finditer(path.read_text())]
    assert not found, told(found)
    assert len(THEIRS.findall("FROM mark m JOIN grievance_step")) == 2
