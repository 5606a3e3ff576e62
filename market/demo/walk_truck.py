"""The walk's day of the green truck: made of the usual round, planned, put in order, published."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from certification.basis.ids import new_id
from certification.basis.units import baht, local_day
from market.demo.actors import Actor, Tale, expect, now
from market.demo.people import NETWORK
from market.demo.truck import ROUND

Cast = Mapping[str, Actor]
DAYS = "/api/v1/truck-days"
AHEAD = 20
"""Days: beyond those of the demo."""
SECONDS, PATIENCE = 2, 100


async def walked(tale: Tale, cast: Cast) -> None:
    dao, day = cast["dao"], await _made(tale, cast)
    await dao.post(f"{DAYS}/{day}/plans", {"seconds": SECONDS})
    run = await _planned(dao, day)
    plan = await dao.get(f"{DAYS}/{day}/plans/{run['version']}")
    tale.tell(
        "The day is planned in a process of its own, and the plan is checked before it is kept",
        f"version {run['version']}", plan["head"]["engine"],
        baht(plan["head"]["cost_satang"], "en"), f"{len(plan['visits'])} visits",
    )  # fmt: skip
    await _put_in_order(tale, dao, day, plan)
    await dao.put(f"{DAYS}/{day}/plans/{run['version']}/publication", {})
    calendar = (await cast["stranger"].file("/stops.ics")).decode()
    expect(f"UID:{day}-" in calendar.replace("\r\n ", ""), "the calendar does not know the truck")
    tale.tell(
        "Published: everybody's calendar knows when the truck comes",
        "GET /stops.ics", f"{calendar.count('SEQUENCE:')} events of trucks",
    )  # fmt: skip


async def _made(tale: Tale, cast: Cast) -> str:
    """On the first free day."""
    today, day = local_day(now()), new_id()
    known = await cast["dao"].get(DAYS, operator=NETWORK, since=str(today))
    taken = {one["on"] for one in known}
    free = (str(today + timedelta(days=ahead)) for ahead in range(AHEAD, AHEAD + PATIENCE))
    on = next(one for one in free if one not in taken)
    asked = {"id": day, "operator": NETWORK, "on": on, "template": ROUND}
    await cast["dao"].post(DAYS, asked)
    seen = await cast["dao"].get(f"{DAYS}/{day}")
    no = await cast["dao"].refused("trips.day_there", "POST", DAYS, {**asked, "id": new_id()})
    tale.tell(
        "Dao makes a day of the truck from the usual round, once",
        on, f"{len(seen['stops'])} stops", no,
    )  # fmt: skip
    return day


async def _planned(dao: Actor, day: str) -> Any:
    for _ in range(PATIENCE):
        run = await dao.get(f"{DAYS}/{day}/run")
        if run["outcome"]:
            expect(run["outcome"] == "done", f"the planning ended {run['outcome']}")
            return run
        await asyncio.sleep(0.2)
    expect(False, "the planning did not end")  # noqa: FBT003
    return None


async def _put_in_order(tale: Tale, dao: Actor, day: str, plan: Any) -> None:
    """The other way round: late where a stop is open in the morning only."""
    routes = [route[::-1] for route in plan["plan"]["routes"]]
    path = f"{DAYS}/{day}/plans/{plan['head']['version']}/evaluation"
    tried = await dao.post(path, {"routes": routes})
    expect(bool(tried["faults"]), "no rule minds the stops the other way round")
    first = tried["faults"][0]
    tale.tell(
        "Driven the other way round it breaks rules, and nothing of that is stored",
        f"{len(tried['faults'])} faults", f"rule {first['rule']}: {first['why']}",
    )  # fmt: skip
