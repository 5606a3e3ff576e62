"""The read-me of a pack, in the taker's language and the other one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from certification.packs.queries import Scope
from certification.packs.rules import TakePack
from market.answers.words import Words, words
from market.web.packs.lists import LISTS

if TYPE_CHECKING:
    from market.web.packs.parts import Taker


def text(
    data: TakePack, scope: Scope, taker: Taker, counts: Mapping[str, int], lost: Sequence[str]
) -> str:
    return "\r\n\r\n\r\n".join(
        "\r\n".join(_lines(words(language), data, scope, taker, counts, lost))
        for language in ("th", "en")
    )


def _lines(
    say: Words, data: TakePack, scope: Scope, taker: Taker,
    counts: Mapping[str, int], lost: Sequence[str],
) -> list[str]:  # fmt: skip
    what = say("of one plot") if data.plot else say("of a group")
    year = say("all years") if data.year is None else _year(say, data.year)
    told = [
        say(
            "Certification pack {what}: charter {charter}, {year}; made on {at}.",
            what=what,
            charter=data.scheme or say("all of them"),
            year=year,
            at=taker.at,
        ),
        "",
        say("In lists/ stand these tables:"),
    ]
    told += [f"  {one.file}.xlsx: {say(one.name)} ({counts.get(one.file, 0)})" for one in LISTS]
    told += [
        say(
            "In photos/ are the photos of the visits ({n}), by day, plot and question.",
            n=counts.get("photos", 0),
        ),
        say(
            "In certificates/ and minutes/ are the papers as they are printed; in charter/ each"
            " charter with its questions."
        ),
        say(
            "record/checkpoint.txt is the newest signature of the public record. Who keeps it can"
            " prove later whether anything was altered; how is said at {origin}/log.",
            origin=taker.origin,
        ),
        "",
        say(
            "Left out: national numbers, phones, outlines of the land, names on papers of the"
            " land, complaints, and unannounced visits that have not begun."
        ),
    ]
    if taker.only is not None:
        told.append(
            say(
                "Left out too, because it is of your own land only: other people's names, and"
                " minutes, which speak of other people's land."
            )
        )
    told += [say("Could not be put in, the file is damaged: {name}", name=name) for name in lost]
    outlines = len(scope.plots)
    told.append(say("Numbers of land count as drawn: {n} outlines, earlier ones too.", n=outlines))
    return told


def _year(say: Words, year: int) -> str:
    return str(year + (543 if say.language == "th" else 0))
