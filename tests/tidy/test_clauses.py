"""A refusal names the clause that the table of rules names, and a page that is there."""

import re

from certification.schemes.settings import RuleSet
from market.answers.clauses import PAGE, SETTING
from tests.tidy.sources import ROOT, told
from tests.tidy.test_guards_reached import GUARDS
from tests.tidy.test_pgs_rules import ROWS

ALSO = {
    "certificates.findings_open": "what counts as grave, not whether",
    "hearings.not_heard": "no charter lets anybody go unheard",
    "hearings.nothing_to_appeal": "how long one may appeal, not against what",
    "schemes.other_prefix": "of the charter itself",
}
"""Another value of the setting would not let it pass either."""
OF_NOBODY = ("areas", "crops", "groups", "packs", "people", "stands", "trainings")
"""Who somebody is and where: no clause of a guarantee stands there."""


def test_every_clause_is_one_of_the_table_of_rules() -> None:
    named: dict[str, set[str]] = {}
    for row in ROWS:
        for code in re.findall(r"`([^`]+)`", row[4]):
            named.setdefault(code, set()).add(row[0].strip("`"))
    late = {kind.code: kind for kind in GUARDS if kind.status == 409}
    missing = [code for code in named if code in late and code not in {**SETTING, **ALSO}]
    assert not missing, told(missing, "market/answers/clauses.py says no setting of:")
    assert {*SETTING.values()} <= {*RuleSet.__struct_fields__}
    assert not (gone := SETTING.keys() - late.keys()), gone


def test_every_feature_of_the_guarantee_has_its_page() -> None:
    features = {kind.code.partition(".")[0] for kind in GUARDS} - {*OF_NOBODY}
    assert features - PAGE.keys() == set()
    pages = {PAGE[one] for one in features}
    assert [one for one in pages if not (ROOT / f"docs/model/{one}.md").is_file()] == []
