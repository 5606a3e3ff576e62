"""Who may do what, as data: a row of access_policy.csv permits, what no row says is refused.

A row is an operation, a role and how far it reaches:
  public      anyone, signed in or not; alone in its operation
  own         objects whose owner is the person who asks
  group       objects of the group the role was granted in (a grant on a network: all its groups)
  network     objects of the network the role was granted in, or that the group belongs to
  area        objects below the area code the role was granted for
  everywhere  all
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import msgspec

from certification.people.rules import ROLES

TABLE = Path(__file__).with_name("access_policy.csv")
ANYONE, MEMBER = "anyone", "member"
"""Everybody who asks; everybody who is signed in, whatever the roles."""

SCOPES = frozenset(["public", "own", "group", "network", "area", "everywhere"])
CONDITIONS = frozenset(["step_up", "not_own"])
"""`step_up`: the PIN was given again in the last minutes; `not_own`: never in one's own cause."""


class PolicyIsWrong(Exception):
    """The product does not start."""


class Rule(msgspec.Struct, frozen=True):
    operation: str
    role: str
    scope: str
    conditions: frozenset[str] = frozenset()


class Policy(msgspec.Struct, frozen=True):
    rules: tuple[Rule, ...]
    by_operation: dict[str, dict[str, Rule]]

    @classmethod
    def of(cls, rules: Iterable[Rule]) -> Policy:
        known = tuple(rules)
        by_operation: dict[str, dict[str, Rule]] = {}
        for rule in known:
            _check_words(rule)
            roles = by_operation.setdefault(rule.operation, {})
            if rule.role in roles or (roles and ANYONE in {rule.role, *roles}):
                raise PolicyIsWrong(f"{rule.operation}: {rule.role} adds nothing to what was said")
            roles[rule.role] = rule
        return cls(known, by_operation)

    def is_public(self, operation: str) -> bool:
        return ANYONE in self.by_operation[operation]

    def check_operations(self, used: Iterable[tuple[str, object]]) -> None:
        """Every route names an operation we know, and every operation has a route."""
        routes = list(used)
        for route, operation in routes:
            if operation not in self.by_operation:
                raise PolicyIsWrong(
                    f"{route} has operation {operation!r}, access_policy.csv does not"
                )
        unused = set(self.by_operation) - {operation for _, operation in routes}
        if unused:
            raise PolicyIsWrong(f"no route has {', '.join(sorted(unused))}")


def read(path: Path = TABLE) -> Policy:
    with path.open(encoding="utf-8", newline="") as file:
        return Policy.of(
            Rule(row["operation"], row["role"], row["scope"], frozenset(row["conditions"].split()))
            for row in csv.DictReader(file, strict=True)
        )


def _check_words(rule: Rule) -> None:
    unknown = (
        ({rule.role} - ROLES - {ANYONE, MEMBER})
        | ({rule.scope} - SCOPES)
        | (rule.conditions - CONDITIONS)
    )
    if unknown:
        raise PolicyIsWrong(f"{rule.operation}, {rule.role}: what is {', '.join(sorted(unknown))}?")
    public = rule.role == ANYONE
    if public != (rule.scope == "public") or (public and rule.conditions):
        raise PolicyIsWrong(f"{rule.operation}: anyone and public go together, and alone")
