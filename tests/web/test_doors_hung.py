"""What the app keeps to hang its doors quickly changes nothing of what hangs where."""

from litestar import Litestar, get, post
from litestar.params import FromPath

from market.answers.doors import Doors


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
