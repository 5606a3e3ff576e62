"""Properties of the code itself: names say something, features are told in four words."""

import ast
import re
from pathlib import Path

from market.db import all_tables
from tests.tidy.sources import FEATURES, ROOT, SOURCES, feature, name, told, tree

SAYS_NOTHING = {
    "util", "utils", "helper", "helpers", "common", "misc", "base", "manager", "service",
    "services", "core", "lib", "tools", "stuff",
}  # fmt: skip
FEATURE_FILES = {"__init__", "rules", "tables", "commands", "queries"}
ALSO = {
    # what is due by the calendar is found and told in one place
    "certification/certificates/endings",
    # an appeal has its own way to a meeting; what a ruling does is told apart from ruling
    "certification/hearings/appeals", "certification/hearings/effects",
    # what comes off an agenda, of whichever kind; a meeting's own word on a finding
    "certification/hearings/agenda", "certification/findings/ruled",
    # what a corrected test makes of the finding that came of it
    "certification/findings/retested",
    # less of an order than was ordered; told by `shortage`
    "market/domain/orders/less",
    # what of an order is paid ahead, and what is left for the pick-up (pure)
    "market/domain/orders/deposits",
    # nobody came: what is kept of the price as was said before; that deed, and its undoing
    "market/domain/orders/missed", "market/domain/truck_day/unfetched",
    # names of banks (pure); that a transfer is used once, whoever uses it
    "market/domain/payments/banks", "market/domain/payments/claims",
    # one step with a provider, outside every transaction; giving money back through it, and what
    # becomes of that (pure); a message of a provider
    "market/domain/providers/calls", "market/domain/providers/refunds",
    "market/domain/providers/going_back", "market/domain/providers/messages",
    # EPCIS: facts and how rows give them, an event's id and GS1's words (pure), what is sent, where
    "market/domain/epcis/check", "market/domain/epcis/values", "market/domain/epcis/facts",
    "market/domain/epcis/gathered", "market/domain/epcis/gathered_moves",
    "market/domain/epcis/moved", "market/domain/epcis/written", "market/domain/epcis/prehash",
    "market/domain/epcis/vocabulary",
    "market/domain/epcis/document", "market/domain/epcis/told",
    # what both packages stand on
    "certification/basis/asked", "certification/basis/blobs", "certification/basis/catalogue",
    "certification/basis/clock", "certification/basis/codes", "certification/basis/columns",
    "certification/basis/database", "certification/basis/ids", "certification/basis/log",
    "certification/basis/personal_numbers", "certification/basis/pictures",
    "certification/basis/proof", "certification/basis/redraw",
    "certification/basis/refusal", "certification/basis/schema",
    "certification/basis/spelling", "certification/basis/text", "certification/basis/transaction",
    "certification/basis/units",
    # the log's tree: pure, kept in tiles, signed, kept outside, and held up against it
    "certification/basis/merkle", "certification/basis/tiles", "certification/basis/notes",
    "certification/basis/checkpoints", "certification/basis/keepings",
    "certification/basis/cosignatures", "certification/basis/cosigned",
    "certification/basis/tree_proof", "certification/basis/witnesses",
    "certification/basis/inclusion",
    # a subject of its own beside the four words
    "certification/people/vault",  # seals and opens what is personal
    # addresses of GS1, and what its fields may hold: pure
    "market/domain/identifiers/digital_link", "market/domain/identifiers/syntax",
    "market/domain/lineage/barred",  # why a lot stays as it is, asked of four other features
    "market/domain/lineage/correcting",  # a deed with a chain of its own
    "market/domain/lots/earning",  # the claim, for who harvests and who corrects
    "market/domain/trace/made",  # a lot of several harvests, as a scan shows it
    "market/domain/trace/told_otherwise",  # what was told before a correction
    "market/domain/lots/making",  # a lot that was made of others, not harvested
    "market/domain/lots/uncertified",  # pure: what no certificate covers, and why
    "market/domain/lots/telling",  # what a correction changes
    "certification/basis/beside", "certification/basis/rows",
    "certification/basis/inserting",
    "certification/inspections/views",  # what its queries give
    "certification/inspections/sheets",  # one visit's sheet, read as a whole
    "certification/inspections/bound",  # kin, neighbours, a role that was lost
    # every "no" of a feature that has many
    "certification/inspections/refusals", "certification/applications/refusals",
    "certification/people/refusals", "certification/hearings/refusals",
    "market/domain/lineage/refusals", "market/domain/lots/refusals",
    "market/domain/offers/refusals", "market/domain/orders/refusals",
    "market/domain/shortage/refusals",
    "market/domain/lineage/corrections",  # of a lot, and what follows for others: pure
    "certification/inspections/answering",  # what an answer is: pure
    "certification/inspections/assigning",  # a visit is planned
    "certification/certificates/refusals",
    "certification/certificates/history",  # whether it held on a day: pure
    "certification/inspections/panel",  # who may judge whose land: inspectors and voters
    "certification/inspections/barred",  # planned visits that a relation stands against
    "certification/inspections/lapses",  # by the clock, for who waits for a visit
    "certification/inspections/afterwards",  # what may still be said of a signed sheet: pure
    "certification/inspections/layers",  # what stands beside the inspectors' answers
    "certification/inspections/reviewing",  # corrections, remarks, screening, what came late
    "certification/inspections/replacing",  # the panel in the field: others go, two excuse
    "certification/inspections/states",  # of a visit, and the deeds that each allows: pure
    "certification/inspections/papers",  # a sheet that was filled in on paper
    "certification/inspections/kinds",  # which visit from where, what it asks, whom it warns: pure
    "certification/decisions/votes",  # who may vote, the quorum, the count: pure
    "certification/decisions/ballots",  # votes and counted hands as they stand
    # a scheme: its settings as types, its document, what is sound, how it numbers, every "no"
    "certification/schemes/settings", "certification/schemes/content",
    "certification/schemes/sound", "certification/schemes/numbers",
    "certification/schemes/refusals", "certification/schemes/changes",
    "certification/schemes/edits", "certification/schemes/lists",  # of a draft; as tables
    "certification/meetings/charters",  # a meeting adopts a version of a scheme
    # how a credential is signed, who signs, its lists, its shape and its words: pure; then what it
    # may tell, the keys that are published, and those that lie outside
    "certification/credentials/multibase", "certification/credentials/signing",
    "certification/credentials/did", "certification/credentials/bitstring",
    "certification/credentials/sound", "certification/credentials/certificate",
    "certification/credentials/facts", "certification/credentials/keys",
    "certification/credentials/ring",
    "certification/credentials/untp",  # the same in the words of UN/CEFACT: pure
    "certification/certificates/renewals",  # applying while one still holds
    "certification/inspections/found", "certification/inspections/uses",  # made by no visit too
    "certification/inputs/claims",  # a prohibited use that somebody else typed; entries struck
    "certification/findings/standings",  # where a finding stands: pure
    "certification/inputs/views",  # a use, a ruling and what waits, as they are read
    "certification/people/sealed",  # names in what somebody told, under that person's key
    "certification/land/complete", "certification/land/views",  # what is still asked of land
    # a season's inspectors at once: how seats are filled, explained, drawn and looked back on
    "certification/assignment/seating", "certification/assignment/solve",
    "certification/assignment/explain",
    "certification/assignment/collusion", "certification/assignment/gathered",
    "certification/assignment/looks",
    "certification/assignment/plans", "certification/assignment/answers",
    "certification/draws/verified",  # a draw repeated from what was kept
    "certification/plots/shape",  # geometry of a plot
    "market/domain/accounts/pins",  # slow hashing in its own threads, outside every transaction
    "market/domain/accounts/sessions",  # begun, touched and ended; the commands begin them
    "market/domain/accounts/tries",  # the throttle: counted before the PIN is looked at
    "market/domain/custody/chain",  # every step of a lot in order, told by several features
    "market/domain/custody/recorded",  # those for strangers, with the entries that tell them
    # crates with others, what was sent and what came (pure), each done and as it stands
    "market/domain/custody/loans", "market/domain/custody/moves",
    "market/domain/custody/moving", "market/domain/custody/under_way",
    "market/domain/custody/refusals",
    "market/domain/custody/labelling", "market/domain/custody/labelled",  # of crates; as files
    "market/domain/scans/counted",  # in memory, beside the answer
    "market/domain/recalls/reached", "market/domain/recalls/holders",  # which lots; who has them
    "market/domain/recalls/balance",  # pure: where each gram of it is
    "market/domain/recalls/held",  # goods that a sample holds, and lets go
    "market/domain/trace/rows",  # all that a lot's page rests on, in one statement
    "market/domain/trace/scan",  # those rows read, and what each part of the page says of them
    "market/domain/trace/alike",  # what lots of the same land and papers share, and each its own
    "market/domain/trace/past",  # what the pages of lots, certificates and plots have in common
    "market/domain/labels/drawing",  # the matrix of a code, as paths and dot by dot
    "market/domain/labels/files",  # what each name of a file answers
    "market/domain/labels/layouts",  # the geometry of sheets
    "market/domain/labels/printers",  # ESC/POS and ZPL
    "market/domain/labels/sheets",  # the typesetter
    # a placed order changed by its buyer
    "market/domain/orders/changing", "market/domain/orders/neighbour",
    # a guest's order put with the own ones; LINE, a way to sign in beside the PIN
    "market/domain/orders/keeping", "market/domain/accounts/line",
    # a round read a page at a time
    "market/domain/offers/ahead",  # what is not harvested yet, offered by who grows it
    "market/domain/orders/harvested",  # what was ordered of it, once it is a lot
    "market/domain/orders/dealing",  # and over several lots, where one does not hold it
    "market/domain/intake/cutting",  # that lot, made at the scales
    "market/domain/offers/stops",  # where and when, over all open rounds
    "market/domain/offers/shelves",
    "market/domain/offers/editing",  # what may be changed, and which promises hold it
    "market/domain/orders/moving",  # to another place of its round
    # the weight before the handover, and the right one after it; the counter-entry of the latter
    "market/domain/orders/packing", "market/domain/complaints/reweighing",
    "market/domain/orders/placing",  # at the doors: a look at the goods before anything is begun
    "market/domain/orders/feeds",  # what the own calendar asks by itself, until that is ended
    "market/domain/orders/exchanging",  # another good of a bundle for one that is not there
    "market/domain/cycles/dates", "market/domain/cycles/templates",  # pure; said and made ahead
    "market/domain/offers/room",  # what fits at a place: taken with an order, given back with it
    "market/domain/cycles/clockwork",  # what is due is found and done, once, in order
    "market/domain/cycles/harvest",  # what was told, and what changed since
    "market/domain/cycles/closing", "market/domain/cycles/steps",  # part by part; claimed, told
    "market/domain/orders/barred",  # what a certificate bars, and the orders that wait for it
    # the green truck's planner: pure, and its checker shares nothing with it
    "market/domain/trips/problem", "market/domain/trips/estimate", "market/domain/trips/route",
    "market/domain/trips/improve", "market/domain/trips/exact", "market/domain/trips/reasons",
    "market/domain/trips/solve", "market/domain/trips/day_file", "market/domain/trips/sound",
    "market/domain/trips/check", "market/domain/trips/check_drive",
    "market/domain/trips/check_cost", "market/domain/trips/evaluate",
    "market/domain/trips/ground", "market/domain/trips/reckon", "market/domain/trips/insert",
    "market/domain/trips/orders", "market/domain/trips/changes", "market/domain/trips/replan",
    "market/domain/trips/build",
    "market/domain/trips/week", "market/domain/trips/week_file",
    "market/domain/trips/learned_legs",  # what trucks really took, and how sure that is
    "market/domain/trips/ways",  # what the planner believes of roads, wherever they come from
    "market/domain/trips/rows",  # all that a day's problem is made of, read at one moment
    "market/domain/trips/gathered", "market/domain/trips/since",  # rows to problem; what moved
    "market/domain/truck_day/absent",  # what the seller promised those who did not come
    "market/domain/trips/fewest",  # the promises that must be broken: bound and second try
    "market/domain/trips/cargo",  # crates, cold and days to keep: what goods ask of a truck
    "market/domain/trips/views",  # what is shown of days, versions and plannings
    "market/domain/trips/calls",  # what the public may know of published days
    "market/domain/trips/weeks", "market/domain/trips/week_rows",  # a week as it is planned
    "market/domain/trips/parts",  # of a plot whose goods go to several stops
    "market/domain/trips/by_hand",  # an order put by hand, tried
    "market/domain/trips/versions",  # plans of a day as they are kept, published and run
    # a truck's day: every "no", what is asked of it by nature, and the deeds hour by hour
    "market/domain/truck_day/refusals", "market/domain/truck_day/manifest",
    "market/domain/truck_day/as_it_is", "market/domain/truck_day/eta",
    "market/domain/truck_day/elsewhere",  # handed over at the stall, and aboard
    "market/domain/truck_day/plots", "market/domain/truck_day/waiting",
    "market/domain/truck_day/drawer",
    "market/domain/truck_day/loading", "market/domain/truck_day/stops",
    "market/domain/truck_day/closing", "market/domain/truck_day/mishaps",
    "market/domain/truck_day/history", "market/domain/truck_day/driven",
    "market/domain/truck_day/balance", "market/domain/truck_day/learning",  # pure
    # files for others: one for each shape, and how rows are asked for page after page
    "market/domain/exchange/acfs", "market/domain/exchange/fsma",
    "market/domain/exchange/catalogue", "market/domain/exchange/statements",
    "market/domain/exchange/asking",
    # a truck's way through its day
    "market/domain/journeys/files", "market/domain/journeys/links",  # pure: as GPX, GeoJSON, maps
    # what the world may answer (pure), and what is on its way to people
    "market/domain/notices/letters", "market/domain/notices/outbox",
    "market/domain/notices/cut_offs",  # what the clock says of a round
    "market/domain/notices/ready",  # whose goods wait
    # the one deed of an area event that reaches into the truck's day and into rounds
    "market/domain/area_events/moving",
}  # fmt: skip
"""Files of a feature that are none of the four words, each by name: say in the commit why."""


def test_names_say_something() -> None:
    parts = {name(path): {*path.relative_to(ROOT).with_suffix("").parts} for path in SOURCES}
    empty = [path for path, words in parts.items() if SAYS_NOTHING & words]
    assert not empty, told(empty)


def test_a_feature_is_told_in_four_words() -> None:
    strange = [name(p) for p in FEATURES if p.stem not in FEATURE_FILES]
    strange = [path for path in strange if path.removesuffix(".py") not in ALSO]
    assert not strange, told(strange, "rules, tables, commands, queries: or name it in ALSO")


def test_rules_do_not_wait() -> None:
    waiting = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
    found = [
        f"{name(path)}:{getattr(node, 'lineno', '')}"
        for path in SOURCES
        if path.name == "rules.py"
        for node in ast.walk(tree(path))
        if isinstance(node, waiting)
    ]
    assert not found, told(found)


def event_tags() -> list[tuple[str, Path]]:
    """Tags with a dot: those of the log. A tag without one belongs to a union of Structs."""
    return [
        (str(word.value.value), path)
        for path in FEATURES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef)
        for word in node.keywords
        if word.arg == "tag" and isinstance(word.value, ast.Constant)
        if "." in str(word.value.value)
    ]


def test_an_event_tag_names_one_deed_of_its_feature() -> None:
    tags = event_tags()
    once: dict[str, Path] = {}
    for tag, path in tags:
        assert tag.startswith(f"{feature(path)}."), f"{name(path)}: {tag}"
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+", tag), f"{name(path)}: {tag}"
        assert once.setdefault(tag, path) is path, f"{tag} stands in {name(once[tag])} too"
    assert len(once) == len(tags), "one file says a tag twice"


def test_every_foreign_key_is_indexed() -> None:
    bare = [
        f"{table._meta.tablename}.{key._meta.name}"
        for table in all_tables()
        for key in table._meta.foreign_key_columns
        if not (key._meta.index or key._meta.unique or key._meta.primary_key)
    ]
    assert not bare


OWNERS = {
    table._meta.tablename: table.__module__.replace(".", "/") + ".py" for table in all_tables()
}
TABLE_NAMES = {table.__name__: table._meta.tablename for table in all_tables()}
WRITING_SQL = re.compile(r"(?:INSERT INTO|UPDATE(?! SET)|DELETE FROM)\s+\"?([a-z_]+)\"?")
WRITING = {"insert", "update", "delete"}


def written(path: Path) -> set[str]:
    """The tables a module writes, by its SQL texts and by Piccolo's `Table.insert(...)`."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= set(WRITING_SQL.findall(node.value))
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in WRITING
            and isinstance(node.func.value, ast.Name)
        ):
            found.add(TABLE_NAMES.get(node.func.value.id, ""))
    return found & OWNERS.keys()


def test_a_table_is_written_only_by_its_own_feature() -> None:
    strange = [
        f"{name(path)} writes {table}"
        for path in SOURCES
        for table in sorted(written(path))
        if feature(ROOT / OWNERS[table]) != feature(path)
    ]
    assert not strange, told(strange, "call that feature's command and join its transaction")


def test_queries_do_not_write() -> None:
    queries = [path for path in FEATURES if path.name == "queries.py"]
    wrong = [f"{name(path)} writes {tables}" for path in queries if (tables := written(path))]
    assert not wrong, told(wrong)
