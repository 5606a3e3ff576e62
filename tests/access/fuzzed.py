"""Requests that schemathesis makes up from the API's own description, and what it says of answers.

Of a village's things a part of them speaks, so that a handler is entered and not only its door.
"""

import random
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import msgspec
import schemathesis
from httpx import Response
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks
from schemathesis.specs.openapi.schemas import OpenApiSchema

from certification.basis.ids import new_id
from market.api.docs import schema
from tests.access.sown import Door, Sown

Case = schemathesis.Case
CHECKS = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
NOUN_OF = {"organ": "{network}", "merchant": "{network}", "payer": "{network}",
           "farmer": "people", "holder": "people", "other": "{neighbour}"}  # fmt: skip
"""Where a field of a body is named otherwise than what stands there."""


class Operation(msgspec.Struct, frozen=True):
    door: Door
    cases: list[Case]


def operations(sown: Sown, seed: int, examples: int) -> Iterator[Operation]:
    """Each operation of the description with so many requests, always the same of one seed."""
    described = schemathesis.openapi.from_dict(schema())
    assert isinstance(described, OpenApiSchema)
    doors = {(door.method, door.path): door for door in sown.routes()}
    for found in described.get_all_operations():
        one = found.ok()
        made: list[Case] = []
        _gather(one.as_strategy(), made.append, seed, examples)
        if one.body or one.query:  # an address alone is always a text
            negative = one.as_strategy(generation_mode=GenerationMode.NEGATIVE)
            _gather(negative, made.append, seed, examples)
        yield Operation(doors[one.method.upper(), one.path], made)


def _gather(strategy: Any, keep: Callable[[Case], None], seed: int, examples: int) -> None:
    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=examples, database=None, deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )  # fmt: skip
    @hypothesis.given(strategy)
    def gather(case: Case) -> None:
        keep(case)

    gather()


def request(sown: Sown, case: Case, chance: random.Random) -> dict[str, Any]:
    """What httpx sends: mostly of things that are there."""
    real = chance.random() < 0.8
    sent = case.as_transport_kwargs(base_url="http://testserver.local")
    kept = {name: sent[name] for name in ("params", "headers") if sent.get(name)}
    kept["headers"] = {
        name: value for name, value in kept.get("headers", {}).items() if name != "User-Agent"
    }
    kept["url"] = sown.address(case.path).partition("?")[0] if real else sent["url"]
    if real and "params" in kept:
        kept["params"] = known(sown, kept["params"], chance)
    if "json" in sent:
        kept["json"] = known(sown, sent["json"], chance) if real else sent["json"]
    elif sent.get("data") is not None:
        kept["content"] = sent["data"]
    return kept


def known(sown: Sown, body: Any, chance: random.Random) -> Any:
    """The same with an id of its own, and with things of the village in two of three fields."""
    if not isinstance(body, dict):
        return body
    return {name: _thing(sown, name, said, chance) for name, said in body.items()}


def _thing(sown: Sown, name: str, said: Any, chance: random.Random) -> Any:
    if isinstance(said, list):
        return [_thing(sown, name.removesuffix("s"), one, chance) for one in said]
    if not isinstance(said, str) or chance.random() > 0.7:
        return known(sown, said, chance)
    if name == "id":
        return new_id()
    nouns = (NOUN_OF.get(name, ""), f"{name}s", f"{{{name}}}", name)
    return next((sown.things[noun] for noun in nouns if noun in sown.things), said)


def faults(case: Case, said: Response) -> list[str]:
    """What is a lie in the description, or no answer at all."""
    if said.status_code >= 500:
        return [f"{said.status_code} {said.text[:200]}"]
    kind = said.headers.get("content-type", "")
    if said.status_code >= 400 and kind != "application/problem+json":
        return [f"{said.status_code} is {kind}"]
    try:
        case.validate_response(said, checks=CHECKS)
    except FailureGroup as wrong:
        return [" ".join(str(one).split())[:400] for one in wrong.exceptions]
    return []
