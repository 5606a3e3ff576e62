"""The keys that sign credentials, by their public halves; and each certificate's place in the lists
that tell whether it still holds. No private key is ever in the database."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.certificates.tables import Certificate


class IssuerKey(Table, tablename="issuer_key", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    number = column.Integer(default=None, unique=True)
    """1, 2, …: `#key-1` of the DID."""
    verifier = columns.word(80)
    """The public half as Multikey."""
    by = columns.person()
    at = columns.instant()


class IssuerKeyEnded(Table, tablename="issuer_key_ended", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    signer = columns.link(IssuerKey)
    how = columns.word(20)
    """retired: another signs now; revoked: it fell into other hands"""
    since = columns.instant()
    by = columns.person()
    at = columns.instant()
    issuer_key_ended_once = Unique([signer, how])


class StatusPlace(Table, tablename="status_place", tags=[PROVEN, APPEND_ONLY]):
    """Drawn at random, so that the place says nothing; the same in both lists of a number."""

    id = columns.row_id()
    certificate = columns.link(Certificate, unique=True)
    list = column.Integer(default=None)
    place = column.Integer(default=None)
    at = columns.instant()
    status_place_once = Unique([list, place])
