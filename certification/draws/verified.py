"""A draw repeated from what was kept: was it fixed beforehand, did it come out by the rules?"""

from __future__ import annotations

from certification.basis import checkpoints, log, notes
from certification.draws import queries, rules
from certification.draws.queries import DrawView

Told = tuple[str, str, str | None, str]
"""Table, row, column, why."""
WHERE = {"commitment": "sealed", "count": "to_draw", "list_digest": "items", "listed": "items"}
"""In which column that stands."""


async def draw_faults() -> list[Told]:
    return [fault for id in await queries.every() for fault in await faults(id)]


async def faults(id: str) -> list[Told]:
    found = await queries.draw(id)
    return [("draw", id, *fault) for fault in [*await _fixed(found), *await _came(found)]]


async def _fixed(found: DrawView) -> list[tuple[str, str]]:
    """What the log told before anybody could know the checkpoint."""
    said = [e for e in await log.events_of(found.id) if e.event["type"] == "draws.prepared"]
    if len(said) != 1:
        return [("id", "the log does not tell once that it was prepared")]
    event, wrong = said[0].event, list[tuple[str, str]]()
    now = {
        "list_digest": rules.listed(found.items), "count": found.to_draw,
        "commitment": rules.commitment(bytes.fromhex(found.sealed)), "listed": len(found.items),
    }  # fmt: skip
    wrong += [
        (WHERE[name], f"{name} is not what the log told beforehand")
        for name, value in now.items()
        if event[name] != value
    ]
    certified = await queries.in_force(found.organ, found.scheme, found.at)
    before = await queries.drawn_already(found.scheme, found.season, said[0].seq)
    if found.items != tuple(code for code in certified if code not in before):
        wrong.append(("items", "not the plots that were certified then and not drawn before"))
    return wrong


async def _came(found: DrawView) -> list[tuple[str, str]]:
    if found.state != "drawn":
        return []
    wrong = list[tuple[str, str]]()
    said = [e for e in await log.events_of(found.id) if e.event["type"] == "draws.prepared"]
    signed = await checkpoints.first_over(said[0].seq) if said else None
    if signed is None or (signed.size, signed.root.hex()) != (found.size, found.root):
        wrong.append(("root", "not the first checkpoint that was signed after the list was fixed"))
    elif not _is_signed(signed):
        wrong.append(("root", "the checkpoint does not bear the signature of its key"))
    if rules.drawn(found.items, found.to_draw, queries.seed_of(found)) != found.came:
        wrong.append(("came", "not what comes out of this seed and this list"))
    came = await queries.drawn(found.id)
    if any(one.state == "let_go" and one.inspection for one in came):
        wrong.append(("came", "somebody was sent to a plot that was let go"))
    if tuple(one.code for one in came) != found.came:
        wrong.append(("came", "other plots are followed than came out"))
    return wrong


def _is_signed(one: checkpoints.Signed) -> bool:
    try:
        text = notes.signed_text(one.note, [notes.read_verifier(one.verifier)])
    except (ValueError, notes.Unsigned):
        return False
    said = notes.read_checkpoint(text)
    return (said.size, said.root) == (one.size, one.root)
