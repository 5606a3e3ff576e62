"""Litestar with a thousand doors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Litestar, Router
from litestar.routes import BaseRoute, HTTPRoute
from litestar.types import ControllerRouterHandler
from litestar.types.internal_types import RouteHandlerMapItem


class Doors(Litestar):
    """Before it hangs a door, Litestar lists anew what hangs at every address, and after it, it
    makes ready all that hangs there and looks through all it has: with a thousand doors more than
    half of the time that it takes to hang them. Here only what changed is listed, and all are made
    ready when the last one hangs."""

    _listed: dict[str, RouteHandlerMapItem]
    _listed_of: dict[str, BaseRoute]

    def __init__(self, doors: Sequence[ControllerRouterHandler], **more: Any) -> None:
        super().__init__(**more)
        ready = len(self.routes)
        for door in doors:
            Router.register(self, door)
        for route in map(_http, self.routes[ready:]):
            for handler in route.route_handlers:
                handler.on_registration(self)
            route.create_handler_map()
            for plugin in self.plugins.receive_route:
                plugin.receive_route(route)
        self.asgi_router.construct_routing_trie()

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
    return {method: one for one in _http(route).route_handlers for method in one.http_methods}


def _http(route: BaseRoute) -> HTTPRoute:
    assert isinstance(route, HTTPRoute), "the market has no other kind of door"
    return route
