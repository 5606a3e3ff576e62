"""Litestar with a thousand doors."""

from __future__ import annotations

from litestar import Litestar
from litestar.routes import BaseRoute, HTTPRoute
from litestar.types.internal_types import RouteHandlerMapItem


class Doors(Litestar):
    """Before it hangs a door, Litestar lists anew what hangs at every address: with a thousand
    doors a fifth of the time that a start takes. Here only what changed since is listed."""

    _listed: dict[str, RouteHandlerMapItem]
    _listed_of: dict[str, BaseRoute]

    @property
    def route_handler_method_map(self) -> dict[str, RouteHandlerMapItem]:
        if "_listed" not in self.__dict__:
            self._listed, self._listed_of = {}, {}
        for route in self.routes:
            if self._listed_of.get(route.path) is not route:
                self._listed_of[route.path] = route
                self._listed[route.path] = _by_method(route)
        return self._listed


def _by_method(route: BaseRoute) -> RouteHandlerMapItem:
    assert isinstance(route, HTTPRoute), "the market has no other kind of door"
    return {method: one for one in route.route_handlers for method in one.http_methods}
