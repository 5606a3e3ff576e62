"""What the doors themselves refuse, before any deed: unreadable, too large, too often, broken."""

from __future__ import annotations

from collections.abc import Mapping

from certification.basis.refusal import Invalid, Missing, Refusal


class Malformed(Invalid):
    code = "answers.malformed"


class Mistyped(Invalid):
    """A form with wrong fields: `wrong` holds a refusal for each."""

    code = "answers.mistyped"

    def __init__(self, wrong: Mapping[str, Refusal]) -> None:
        super().__init__(fields=sorted(wrong))
        self.wrong = dict(wrong)


class FieldMissing(Invalid):
    code = "answers.field_missing"


class FieldWrong(Invalid):
    code = "answers.field_wrong"


class NotANumber(Invalid):
    code = "answers.not_a_number"


class NotATime(Invalid):
    code = "answers.not_a_time"


class NoSuchPage(Missing):
    code = "answers.no_such_page"


class WrongMethod(Refusal):
    code, status = "answers.wrong_method", 405


class TooLarge(Refusal):
    code, status = "answers.too_large", 413


class TooBusy(Refusal):
    """The deed met others at every attempt; nothing of it is stored."""

    code, status = "answers.too_busy", 503


class NoRoom(Refusal):
    """The disk is full; reading goes on, and writing too once there is room."""

    code, status = "answers.no_room", 507


class DatabaseAway(Refusal):
    """It may be stored or not: the same id again is the same deed."""

    code, status = "answers.database_away", 503


class Broken(Refusal):
    """Our bug. The facts stay in the server's log."""

    code, status = "answers.broken", 500
