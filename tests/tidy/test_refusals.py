"""Every "no" has one code, stands in its feature, and says in Thai and English what to do next."""

import ast
import importlib
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from certification.basis import refusal
from certification.basis.refusal import Refusal
from market.answers.words import of_one, several, words
from tests.tidy.sources import ROOT, SOURCES, feature, name, told, tracked, tree

KINDS = {Refusal, refusal.Missing, refusal.Forbidden, refusal.Invalid}
LOCALE = ROOT / "market/web/locale"
LANGUAGES = ("th", "en")
PLACEHOLDER = re.compile(r"\{(\w+)\}")
KEY = re.compile(r"[a-z_]+(\.[a-z_0-9]+)+")
ASKED_IN_TEMPLATE = re.compile(r"""\bt\(\s*(?:"([^"]+)"|'([^']+)')""")


BROKEN: dict[str, ImportError] = {}
"""Named by one test of their own, so that the others still look at everything else."""


def module(path: Path) -> str:
    return name(path).removesuffix(".py").replace("/", ".")


def refusals() -> list[type[Refusal]]:
    for path in SOURCES:
        try:
            importlib.import_module(module(path))
        except ImportError as broken:
            BROKEN[name(path)] = broken
    found, look = set(), [Refusal]
    while look:
        for kind in look.pop().__subclasses__():
            if kind.__module__.startswith(("certification.", "market.")) and kind not in found:
                found.add(kind)
                look.append(kind)
    return sorted(found - KINDS, key=lambda kind: (kind.__module__, kind.__name__))


REFUSALS = refusals()


def called(kind: type[Refusal]) -> str:
    return f"{kind.__module__}.{kind.__name__}"


def source(kind: type[Refusal]) -> Path:
    stem = ROOT / kind.__module__.replace(".", "/")
    package = stem / "__init__.py"
    return package if package.is_file() else stem.with_suffix(".py")


def read(language: str) -> dict[str, str]:
    sentences: dict[str, str] = {}
    for file in sorted((LOCALE / language).glob("*.po")):
        for message in catalogue(file):
            if msgid := several(message.id):
                assert msgid not in sentences, f"{name(file)} says {msgid} again"
                sentences[msgid] = several(message.string)
    return sentences


def catalogue(file: Path) -> Catalog:
    with file.open("rb") as opened:
        return read_po(opened, abort_invalid=True)


CATALOGUES = {language: read(language) for language in LANGUAGES}


def test_every_module_can_be_imported() -> None:
    assert BROKEN == {}


def test_a_code_is_used_once() -> None:
    often = Counter(kind.code for kind in REFUSALS)
    assert [code for code, times in often.items() if times > 1] == []


def test_a_code_stands_in_its_feature() -> None:
    assert [called(kind) for kind in REFUSALS if "code" not in vars(kind)] == []
    assert [called(kind) for kind in REFUSALS if not KEY.fullmatch(kind.code)] == []
    begins = {called(kind): kind.code.partition(".")[0] for kind in REFUSALS}
    astray = [f"{called(k)}: {k.code}" for k in REFUSALS if begins[called(k)] not in homes(k)]
    assert not astray, told(astray)


def homes(kind: type[Refusal]) -> set[str]:
    """Its feature; of a door also its module."""
    path = source(kind)
    within = path.relative_to(ROOT).parts
    doors = {path.stem} if within[0] == "market" and within[1] != "domain" else set()
    return {feature(path)} | doors


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_has_a_sentence(language: str) -> None:
    said = {kind: CATALOGUES[language].get(f"refusal.{kind.code}", "") for kind in REFUSALS}
    missing = [f"refusal.{kind.code}" for kind, sentence in said.items() if not sentence]
    assert not missing, told(missing, f"missing in {language}:")
    named = {kind: {*PLACEHOLDER.findall(sentence)} for kind, sentence in said.items()}
    given = {kind: facts(kind) for kind in REFUSALS}
    unknown = {called(k): named[k] - known for k, known in given.items() if known is not None}
    wrong = [f"{kind}: {words}" for kind, words in unknown.items() if words]
    assert not wrong, told(wrong, "no `raise` gives it:")


@cache
def raised() -> dict[tuple[str, str], list[set[str] | None]]:
    """For each name called with keywords in a feature: which, or None where `**` hides them."""
    found: dict[tuple[str, str], list[set[str] | None]] = {}
    for path in SOURCES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                given = {word.arg for word in node.keywords}
                told = None if None in given else {str(word) for word in given}
                found.setdefault((feature(path), called_name(node)), []).append(told)
    return found


def facts(kind: type[Refusal]) -> set[str] | None:
    """What is given wherever its own feature raises it; None where that cannot be read."""
    calls = raised().get((feature(source(kind)), kind.__name__), [None])
    known = [given for given in calls if given is not None]
    return set.intersection(*known) if len(known) == len(calls) else None


def called_name(call: ast.Call) -> str:
    """`f` of `f(...)` and of `a.f(...)`."""
    return str(getattr(call.func, "attr", None) or getattr(call.func, "id", ""))


def asked() -> dict[str, str]:
    """Every literal msgid that a page asks for, and one place that does."""
    found: dict[str, str] = {}
    web = ROOT / "market/web"
    for page in sorted(p for p in web.rglob("*") if p.suffix in {".html", ".svg", ".typ", ".txt"}):
        for double, single in ASKED_IN_TEMPLATE.findall(page.read_text()):
            found.setdefault(double or single, name(page))
    for path in SOURCES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and called_name(node) == "t" and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.setdefault(first.value, name(path))
    return found


def test_every_page_speaks_thai() -> None:
    """The msgid is the English sentence; a key such as `orders.placed` needs both languages."""
    missing = [
        f"{language}: {msgid!r} asked in {place}"
        for msgid, place in asked().items()
        for language in (LANGUAGES if KEY.fullmatch(msgid.rstrip(".")) else ("th",))
        if not said(language, msgid)
    ]
    assert missing == []


def written() -> str:
    """Every text in the product, those of programs as they are when put together."""
    pages = [p for p in tracked() if p.suffix in {".html", ".typ"}]
    literals = (
        node.value
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return "\n".join([*(page.read_text() for page in pages), *literals])


def test_no_sentence_is_kept_that_nobody_says() -> None:
    whole = written()
    assert [k for k in CATALOGUES["th"] if not KEY.match(k) and k not in whole] == []
    codes = {kind.code for kind in REFUSALS}
    refused = [k for k in CATALOGUES["th"] if k.startswith("refusal.")]
    assert [k for k in refused if k.removeprefix("refusal.") not in codes] == []


def said(language: str, msgid: str) -> bool:
    """`t("farm.kind." ~ kind)` asks for the keys that begin so."""
    if msgid.endswith(".") and KEY.fullmatch(msgid.rstrip(".")):
        return any(key.startswith(msgid) for key in CATALOGUES[language])
    return bool(CATALOGUES[language].get(msgid))


def test_both_catalogues_know_the_same_keys() -> None:
    th, en = ({k for k in CATALOGUES[language] if KEY.fullmatch(k)} for language in LANGUAGES)
    assert th ^ en == set()


def test_one_is_said_as_one_in_english() -> None:
    english, thai = words("en"), words("th")
    assert (english("{count} plots", count=1), english("{count} plots", count=2)) == (
        "1 plot",
        "2 plots",
    )
    assert english("{n} entries", n=1) == "1 entry"
    assert thai("{count} plots", count=1) == thai("{count} plots", count=2).replace("2", "1")
    counted = re.compile(r"\{(count|n|days|hours|minutes|labels)\} (?:more |deeds |typed )?\w+s\b")
    asked = {one or other for one, other in ASKED_IN_TEMPLATE.findall(written())}
    known = of_one("en")
    assert [said for said in asked if counted.match(said) and said not in known] == []


def test_every_sentence_keeps_its_facts() -> None:
    """A placeholder of a page's sentence stands in its translation too, and no other."""
    differing = [
        msgid
        for msgid, said in CATALOGUES["th"].items()
        if said and not KEY.fullmatch(msgid)
        if set(PLACEHOLDER.findall(said)) != set(PLACEHOLDER.findall(msgid))
    ]
    assert differing == []


TWICE = re.compile(
    r"\{\w*(?:grams\w*|satang\w*|m2)\} ?(?:g\b|kg\b|baht|satang|m²|กรัม|กก|บาท|สตางค์|ตร)"
)


def test_no_sentence_says_a_unit_twice() -> None:
    """`{grams_left}` is shown as `1.5 กก.`: the name of a fact brings its unit."""
    assert [s for words in CATALOGUES.values() for s in words.values() if TWICE.search(s)] == []


def test_no_template_asks_for_the_refusal_itself() -> None:
    """A page is given its words as `said` and `wrong`; `no` is always empty there."""
    asked = re.compile(r"\{%-? *(?:el)?if\b[^%]*\bno\b(?! *=)[^%]*%\}")
    templates = sorted((ROOT / "market/web/templates").glob("*.html"))
    assert [t.name for t in templates if asked.search(t.read_text(encoding="utf-8"))] == []
