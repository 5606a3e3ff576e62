"""What the doors cost and what a rush sells, measured by the benchmarks and kept in the assurance.

Each server is a process of its own. The short form of the rush, in every run: test_race_http.
"""

import asyncio
import os

import pytest

from bench import history, market, orders, record, rush, trace
from bench.ground import servers, stall

pytestmark = pytest.mark.long

ROUNDS = 3


@pytest.mark.parametrize(("engine", "processes"), [("sqlite", 1), ("postgres", 1), ("postgres", 2)])
def test_500_buyers_at_once_get_50_kg_to_the_gram(engine, processes, record_property):
    for _, data, url, roots in servers.engines(engine):
        asyncio.run(stall.demo(data, url))
        runs = rush.rush(data, url, *roots, processes=processes)
    for run in runs:
        record_property("figure", f"{rush.told(run)}; load {run['load_average']}")
    assert [fault for run in runs for fault in rush.wrong(run)] == []
    assert not any(rush.late(run) for run in runs)


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_an_order_over_http_stays_within_its_multiple_of_the_floor(engine, record_property):
    for _, data, url, roots in servers.engines(engine):
        found = orders.measure(data, url, *roots, rounds=ROUNDS, limit=orders.LIMITS[engine])
    record_property("figure", figure("order", found))
    assert found["ratio"]["median"] <= found["limit"]


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_basket_to_confirmed_and_the_shop_among_ten_thousand_offers(engine, record_property):
    """`./run bench market`"""
    for _, data, url, roots in servers.engines(engine):
        found = market.measure(
            data, url, *roots, rounds=ROUNDS, orders=100, limit=market.LIMITS[engine]
        )
    for line in market.lines(engine, found):
        record_property("figure", line.strip())
    record_property("figure", f"load {os.getloadavg()[0]:.2f}")
    assert market.over(found) == []


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_scan_stays_within_its_multiple_of_the_floor(engine, record_property):
    for _, data, url, roots in servers.engines(engine):
        found = trace.measure(data, url, *roots, rounds=ROUNDS, seconds=1, cold=trace.COLD[engine])[
            "subjects"
        ]
    for what, one in found.items():
        record_property("figure", figure(what, one))
    assert [what for what, one in found.items() if one["ratio"]["median"] > one["limit"]] == []


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_scan_costs_no_more_among_a_million_lots_than_among_a_thousand(engine, record_property):
    """`./run bench history`"""
    for _, data, url, roots in servers.engines(engine):
        found = history.measure(data, url, *roots, more=history.MORE, rounds=5)
    for line in history.told(found):
        record_property("figure", line)
    assert history.over(found) == []


def test_a_record_of_200000_deeds_is_checked_within_half_a_minute(record_property):
    """`./run bench record`"""
    found = asyncio.run(record.both(record.ENTRIES))
    for engine, one in found.items():
        record_property("figure", record.told(engine, one))
    assert not [engine for engine, one in found.items() if one["over"]]


def figure(what: str, one: dict) -> str:
    ratio = one["ratio"]
    return (
        f"{what}: {one['micros']['median'] / 1000:.3f} ms, {ratio['median']}× the floor"
        f" ({ratio['min']} to {ratio['max']}; limit {one['limit']:g}×)"
    )
