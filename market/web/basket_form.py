"""What the form of a basket asks for: of one round, or of several at once."""

from __future__ import annotations

from hashlib import sha256

import msgspec

from certification.basis import personal_numbers
from certification.basis.ids import following, is_id
from certification.basis.refusal import Invalid, Refusal
from market.access import deeds
from market.access.refusals import NotThere
from market.domain.offers import queries as offers
from market.domain.offers.rules import Terms
from market.domain.orders.rules import (
    CASH,
    CREDIT,
    DEPOSIT,
    PROMPTPAY,
    Guest,
    Line,
    PlaceOrder,
    Rail,
    is_guest_key,
)
from market.web import basket, goods
from market.web.form import Form

RAILS: tuple[Rail, ...] = (DEPOSIT, PROMPTPAY, CASH, CREDIT)


async def read(form: Form, person: str, of: str = "") -> PlaceOrder:
    """`of`: the round, where the form brings several; its own fields end with it then. What is
    wrong stands in the form."""
    tail = f"-{of}" if of else ""
    id, cycle = form.id(f"id{tail}"), of or form.raw("cycle")
    if not is_id(cycle):
        raise NotThere
    rail = form.choice(f"rail{tail}", RAILS)
    guest = None if person else guest_of(form, form.raw("key"))
    lines = await _lines(form, id, of)
    buyer = person or following(id, "guest")
    stop = form.raw(f"stop{tail}") or None
    asked = PlaceOrder(id, cycle, buyer, _rail(rail), tuple(lines), guest, stop)
    deeds.ensure_storable(asked, id, *([stop] if stop else []))
    return asked


def _rail(said: str) -> Rail:
    return next((rail for rail in RAILS if rail == said), CASH)


def guest_of(form: Form, key: str) -> Guest:
    name, phone = form.text("name", most=120), form.text("phone", most=30)
    try:
        phone = personal_numbers.phone(phone) if phone else phone
    except Invalid as no:
        form.wrong_is("phone", no)
    if not is_guest_key(key):
        raise NotThere
    return Guest(name, phone, key_hash(key))


async def _lines(form: Form, id: str, of: str) -> list[Line]:
    """What may be had is asked of the order itself; here only what is written is read. Of several
    rounds what belongs to another, or to none, is not."""
    known = await offers.terms(basket.named(form))
    lines: list[Line] = []
    for field, said in form.typed.items():
        offer = field.removeprefix("kg-")
        terms = known.get(offer)
        if not field.startswith("kg-") or (of and (not terms or terms.cycle != of)):
            continue
        try:
            grams = goods.read_grams(said, terms, field)
        except Refusal as no:
            form.wrong_is(field, no)
            continue
        if grams:
            line = Line(following(id, offer), offer, grams)
            lines.append(_if_short(form, line, terms))
    return lines


def _if_short(form: Form, line: Line, of: Terms | None) -> Line:
    """What the buyer chose, should less come; nothing said is less of it."""
    said, field = form.raw(f"short-{line.offer}"), f"least-{line.offer}"
    try:
        least = goods.read_grams(form.raw(field), of, field) or None
    except Refusal as no:
        form.wrong_is(field, no)
        least = None
    if is_id(said):
        return msgspec.structs.replace(line, if_short="substitute", instead=said, least_grams=least)
    if said == "leave_out":
        return msgspec.structs.replace(line, if_short="leave_out")
    return msgspec.structs.replace(line, least_grams=least)


def key_hash(key: str) -> str:
    return sha256(key.encode()).hexdigest()
