"""E-mail by SMTP, in a thread: the library's own, with its end.

A letter that was handed over and not answered may have gone: it is not sent again.
"""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, parseaddr

from certification.basis.database import nothing_under_way
from market.domain.notices.letters import Letter, Outcome
from market.message_settings import Mail

WITHIN_S = 15.0
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Letters:
    name, idempotent = "email", False

    def __init__(self, said: Mail) -> None:
        self._said = said

    async def send(self, letter: Letter) -> Outcome:
        nothing_under_way()
        return await asyncio.to_thread(self._sent, letter)

    def _sent(self, letter: Letter) -> Outcome:
        try:
            server = self._opened()
        except smtplib.SMTPAuthenticationError:
            return Outcome("again", "not_let_in")
        except (OSError, smtplib.SMTPException):
            return Outcome("again", "away")
        try:
            server.send_message(_written(letter, self._said.sender), self._from, [letter.to])
        except smtplib.SMTPRecipientsRefused as no:
            [(code, _)] = [*no.recipients.values()][:1]
            return _refused(code)
        except smtplib.SMTPResponseException as no:
            return _refused(no.smtp_code)
        except (OSError, smtplib.SMTPException):
            return Outcome("unknown", "no_answer")
        finally:
            server.close()  # no farewell: the letter is taken, whatever is said after
        return Outcome("sent")

    @property
    def _from(self) -> str:
        return parseaddr(self._said.sender)[1]

    def _opened(self) -> smtplib.SMTP:
        said = self._said
        if said.tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                said.host, said.port, timeout=WITHIN_S, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(said.host, said.port, timeout=WITHIN_S)
            if said.host not in LOOPBACK:
                server.starttls(context=ssl.create_default_context())
        if said.user:
            server.login(said.user, said.password)
        return server


def _refused(code: int) -> Outcome:
    return Outcome("again", "later") if 400 <= code < 500 else Outcome("failed", "refused")


def _written(letter: Letter, sender: str) -> EmailMessage:
    said = EmailMessage()
    said["From"], said["To"], said["Subject"] = sender, letter.to, letter.subject
    said["Date"] = formatdate()
    said["Message-ID"] = f"<{letter.id}@{parseaddr(sender)[1].partition('@')[2]}>"
    said["Auto-Submitted"] = "auto-generated"
    said.set_content(letter.text)
    return said
