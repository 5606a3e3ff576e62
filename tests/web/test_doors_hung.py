"""What is kept so that doors hang quickly changes nothing: of what hangs where, nor of what tests
find behind them."""

from litestar import Litestar, get, post
from litestar.params import FromPath

from market.answers.doors import Doors
from tests import doors as doors_of


@get("/plots")
async def plots() -> None: ...


@post("/plots")
async def register() -> None: ...


@get("/plots/{id:str}")
async def plot(id: FromPath[str]) -> None: ...


def hung(kind: type[Litestar]) -> dict[str, dict[str, str]]:
    app = kind([plots, plot, register], openapi_config=None)
    at = app.route_handler_method_map
    return {path: {how: one.handler_name for how, one in at[path].items()} for path in at}


def test_doors_hang_where_litestar_hangs_them() -> None:
    assert hung(Doors) == hung(Litestar)
    assert set(hung(Doors)["/plots"]) == {"GET", "POST", "OPTIONS"}


def test_what_pages_kept_for_one_village_is_gone_in_the_next(doors: doors_of.Doors) -> None:
    known = {*doors.app.state}
    doors.app.state["on_the_road"] = "what another village's trucks do"
    assert {*doors_of.hung(doors).state} == known
    assert doors.app.state.settings is doors.settings
