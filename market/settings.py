"""Everything the environment may say, read once; nonsense is refused before anything starts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from certification.basis.cosigned import Witness, read_witness
from certification.basis.notes import NAME, Unreadable
from market import message_settings
from market.domain.forecasts.rules import Bounds
from market.domain.labels.rules import ORIGIN_LETTERS_MAX, OriginTooLong, check_origin
from market.message_settings import Messages

PROCESSES_MAX = 32
HOURS_MAX = 720


class NonsenseInEnvironment(Exception):
    """A setting that cannot be meant; the message names it and says what it may be."""


class Settings(msgspec.Struct, frozen=True):
    """See docs/settings.md for each."""

    data: Path
    database_url: str
    origin: str
    port: int
    address: str
    """Where it listens; another machine reaches it through the proxy only."""
    worker: str
    """`here`: readers and clock run beside the doors; `apart`: by `market worker`."""
    demo_today: date | None
    processes: int
    """How many serve; more than one only on PostgreSQL, with the worker apart."""
    proxies: frozenset[str]
    """Addresses of our own proxies, whose word about the reader's address is believed."""
    log_name: str
    """Under which the log's checkpoints are to be signed; empty where nobody said."""
    checkpoints: Path
    """Where each signed checkpoint is kept as a file, beside the database."""
    osrm_url: str = ""
    """A server of OSRM that is asked for roads; empty: none."""
    presold: Bounds = Bounds()
    """How much of an expected harvest may be ordered before it is there, in percent."""
    witnesses: tuple[tuple[str, Witness], ...] = ()
    """Address and key of each that is shown the log's checkpoints."""
    weather_url: str = ""
    """A server that is asked for the weather of the next days; empty: none."""
    messages: Messages = Messages()
    """LINE, SMS and e-mail, where they are set up."""
    complaint_hours: int = 24
    """How long after the handover a buyer may say what was wrong with the goods."""
    line_login: tuple[str, str] | None = None
    """Channel and secret of LINE Login; None: it is off."""
    slip_check: tuple[str, ...] = ()
    """Who is asked whether a slip is real: `easyslip` and its key, or `slipok`, branch and key."""

    @property
    def first_log_name(self) -> str:
        """What the key is made for; then the name stands in the key."""
        return self.log_name or f"{urlsplit(self.origin).netloc}/log"

    @property
    def secure(self) -> bool:
        return self.origin.startswith("https://")


def read(environment: Mapping[str, str] | None = None) -> Settings:
    said = os.environ if environment is None else environment
    data = Path(said.get("MARKET_DATA", "./data")).absolute()
    port = _port(said.get("MARKET_PORT", "8000"))
    found = Settings(
        data=data,
        database_url=_database(said.get("DATABASE_URL") or f"sqlite:///{data / 'market.sqlite'}"),
        origin=_origin(said.get("MARKET_ORIGIN") or f"http://127.0.0.1:{port}"),
        port=port,
        address=_address(said.get("MARKET_ADDRESS") or "127.0.0.1"),
        worker=_worker(said.get("MARKET_WORKER", "here")),
        demo_today=_day(said.get("MARKET_DEMO_TODAY", "")),
        processes=_count(said.get("MARKET_PROCESSES", "1")),
        proxies=_addresses(said.get("MARKET_PROXY", "")),
        osrm_url=_osrm(said.get("MARKET_OSRM_URL", "")),
        presold=_presold(
            said.get("MARKET_PRESOLD_START", "60"),
            said.get("MARKET_PRESOLD_LEAST", "30"),
            said.get("MARKET_PRESOLD_MOST", "100"),
        ),
        witnesses=_witnesses(said.get("MARKET_WITNESSES", "")),
        messages=_messages(said),
        weather_url=_osrm(said.get("MARKET_WEATHER_URL", ""), "MARKET_WEATHER_URL"),
        complaint_hours=_hours(said.get("MARKET_COMPLAINT_HOURS", "24")),
        line_login=_line_login(
            said.get("MARKET_LINE_LOGIN_CHANNEL", ""), said.get("MARKET_LINE_LOGIN_SECRET", "")
        ),
        slip_check=_slip_check(said.get("MARKET_SLIP_CHECK", "")),
        log_name=_log_name(said.get("MARKET_LOG_NAME", "")),
        checkpoints=Path(said.get("MARKET_CHECKPOINT_DIR") or data / "checkpoints").absolute(),
    )
    _ensure_one_process_or_fit_for_more(found)
    return found


def _ensure_one_process_or_fit_for_more(found: Settings) -> None:
    """SQLite has one writer, and each process would run the readers and the clock again."""
    if found.processes == 1:
        return
    if found.database_url.startswith("sqlite:"):
        raise NonsenseInEnvironment(f"MARKET_PROCESSES is {found.processes}; on SQLite it may be 1")
    if found.worker == "here":
        raise NonsenseInEnvironment(
            f"MARKET_PROCESSES is {found.processes}; then MARKET_WORKER is to be apart, and"
            " `market worker` runs beside it"
        )


def _port(said: str) -> int:
    if not said.isdecimal() or not 0 < int(said) < 65_536:
        raise NonsenseInEnvironment(f"MARKET_PORT is {said!r}; it may be 1 to 65535")
    return int(said)


def _count(said: str) -> int:
    if not said.isdecimal() or not 0 < int(said) <= PROCESSES_MAX:
        raise NonsenseInEnvironment(f"MARKET_PROCESSES is {said!r}; it may be 1 to {PROCESSES_MAX}")
    return int(said)


def _presold(start: str, least: str, most: str) -> Bounds:
    told = {"START": start, "LEAST": least, "MOST": most}
    for name, said in told.items():
        if not said.isdecimal() or not 0 < int(said) <= 100:
            raise NonsenseInEnvironment(f"MARKET_PRESOLD_{name} is {said!r}; it may be 1 to 100")
    if not int(least) <= int(start) <= int(most):
        raise NonsenseInEnvironment(
            f"MARKET_PRESOLD_START is {start}; it may be {least} to {most}, as LEAST and MOST say"
        )
    return Bounds(int(start), int(least), int(most))


def _worker(said: str) -> str:
    if said not in ("here", "apart"):
        raise NonsenseInEnvironment(f"MARKET_WORKER is {said!r}; it may be here or apart")
    return said


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise NonsenseInEnvironment(
            f"MARKET_DEMO_TODAY is {said!r}; it may be a day such as 2026-11-22"
        ) from None


def _address(said: str) -> str:
    try:
        return str(ip_address(said))
    except ValueError:
        raise NonsenseInEnvironment(
            f"MARKET_ADDRESS is {said!r}; it may be an address such as 127.0.0.1 or 0.0.0.0"
        ) from None


def _addresses(said: str) -> frozenset[str]:
    try:
        return frozenset(str(ip_address(one.strip())) for one in said.split(",") if one.strip())
    except ValueError:
        raise NonsenseInEnvironment(
            f"MARKET_PROXY is {said!r}; it may be addresses such as 127.0.0.1,::1"
        ) from None


def _log_name(said: str) -> str:
    if said and not NAME.fullmatch(said):
        raise NonsenseInEnvironment(
            f"MARKET_LOG_NAME is {said!r}; it may be a name such as your.domain/log, without spaces"
            " and without +"
        )
    return said


def _database(said: str) -> str:
    if not said.startswith(("sqlite:///", "postgresql://")):
        raise NonsenseInEnvironment(
            "DATABASE_URL may begin with sqlite:/// or postgresql://"  # it may hold a password
        )
    return said


def _osrm(said: str, name: str = "MARKET_OSRM_URL") -> str:
    parts = urlsplit(said)
    strange = parts.query or parts.fragment or "@" in parts.netloc
    if said and (parts.scheme not in ("http", "https") or not parts.hostname or strange):
        raise NonsenseInEnvironment(
            f"{name} may be an address such as http://127.0.0.1:5000, without name or query"
        )
    return said.rstrip("/")


def _witnesses(said: str) -> tuple[tuple[str, Witness], ...]:
    found = []
    for one in filter(None, (part.strip() for part in said.split(","))):
        url, _, key = one.partition(" ")
        parts = urlsplit(url)
        try:
            witness = read_witness(key)
        except Unreadable:
            witness = None
        if witness is None or parts.scheme not in ("http", "https") or not parts.hostname:
            raise NonsenseInEnvironment(
                "MARKET_WITNESSES may be addresses, each with a space and its key, separated by"
                " commas, such as https://witness.example/w witness.example/w+1a2b3c4d+BA…"
            )
        found.append((url.rstrip("/"), witness))
    return tuple(found)


def _messages(said: Mapping[str, str]) -> Messages:
    line = (
        said.get("MARKET_LINE_TOKEN", ""),
        said.get("MARKET_LINE_SECRET", ""),
        said.get("MARKET_LINE_ACCOUNT", ""),
    )
    sms = (
        said.get("MARKET_SMS", ""),
        said.get("MARKET_SMS_TOKEN", ""),
        said.get("MARKET_SMS_SENDER", ""),
    )
    try:
        return message_settings.read(
            line=line, sms=sms, smtp=said.get("MARKET_SMTP", ""),
            sender=said.get("MARKET_MAIL_FROM", ""),
        )  # fmt: skip
    except message_settings.HalfSaid as no:
        raise NonsenseInEnvironment(str(no)) from None


def _hours(said: str) -> int:
    if not said.isdecimal() or not 0 < int(said) <= HOURS_MAX:
        raise NonsenseInEnvironment(
            f"MARKET_COMPLAINT_HOURS is {said!r}; it may be 1 to {HOURS_MAX}"
        )
    return int(said)


def _line_login(channel: str, secret: str) -> tuple[str, str] | None:
    if not channel and not secret:
        return None
    if not channel.isdecimal() or not secret:
        raise NonsenseInEnvironment(
            "MARKET_LINE_LOGIN_CHANNEL may be a channel's number and MARKET_LINE_LOGIN_SECRET its"
            " secret; both or none"
        )
    return channel, secret


def _slip_check(said: str) -> tuple[str, ...]:
    match said.split():
        case [] | ["easyslip", _] | ["slipok", _, _] as parts:
            return tuple(parts)
    raise NonsenseInEnvironment(  # it holds a key
        "MARKET_SLIP_CHECK may be easyslip KEY, or slipok BRANCH KEY"
    )


def _origin(said: str) -> str:
    parts = urlsplit(said)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NonsenseInEnvironment(f"MARKET_ORIGIN is {said!r}; it may be https://your.domain")
    if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise NonsenseInEnvironment(f"MARKET_ORIGIN is {said!r}; nothing may follow the domain")
    try:
        check_origin(said)
    except OriginTooLong:
        raise NonsenseInEnvironment(
            f"MARKET_ORIGIN has {len(said)} letters; {ORIGIN_LETTERS_MAX} fit the code on a label"
        ) from None
    return said
