"""Malee's GAP on the pages: apart from the certificate, and only as far as she allows."""

from certification.basis.ids import new_id
from certification.marks import queries
from tests.cast import KRIT, MALEE, WAN, YING
from tests.doors import Doors
from tests.pictures import by_phone
from tests.web.test_farm import read, sent
from tests.web.test_grievances import lot

WORDS = "ไม่ใช่ส่วนหนึ่งของการรับรองนี้"
FORM = {"kind": "gap", "issuer": "กรมวิชาการเกษตร", "number": "ZZ-77", "issued_on": "1/11/69"}


async def test_a_scan_shows_it_apart_from_the_certificate(doors: Doors) -> None:
    code, stranger = await lot(), doors.stranger()
    malee, wan, ying, krit = [await doors.as_(one) for one in (MALEE, WAN, YING, KRIT)]
    status, page = await sent(malee, "/farm/marks", {**FORM, "id": new_id(), "number": ""})
    assert (status, "กรมวิชาการเกษตร" in page) == (400, True)
    form = {**FORM, "id": new_id(), "scan_public": "yes"}
    files = {"scan": ("a.jpg", by_phone(), "image/jpeg")}
    for _ in range(2):
        assert (await sent(malee, "/farm/marks", form, files=files))[0] == 303
    [mark] = await queries.of_holder(MALEE)
    assert WORDS not in await read(stranger, f"/L/{code}"), "nobody else has seen it yet"
    assert (await stranger.get(f"/mark/{mark.id}/scan")).status_code == 404
    see = {"id": new_id(), "seen_on": "22/11/69"}
    assert (await krit.post(f"/marks/{mark.id}/seen", data=see)).status_code == 404
    assert (await sent(wan, f"/marks/{mark.id}/seen", see))[0] == 303
    page = await read(stranger, f"/L/{code}")
    assert all(word in page for word in (WORDS, "ZZ-77", f"/mark/{mark.id}/scan"))
    picture = await stranger.get(f"/mark/{mark.id}/scan")
    assert (picture.status_code, b"ZZEXIF" in picture.content) == (200, False)
    assert "ZZ-77" in await read(ying, "/marks")
    assert "ZZ-77" not in await read(krit, "/marks")
    table = await ying.get("/marks?as=csv")
    assert "ZZ-77" in table.text
    assert (await ying.get("/marks?as=xlsx")).content.startswith(b"PK")
    end = {"id": new_id(), "why": "revoked"}
    assert (await sent(malee, f"/marks/{mark.id}/end", end))[0] == 303
    assert WORDS not in await read(stranger, f"/L/{code}")
    assert (await sent(malee, f"/marks/{mark.id}/end", {**end, "id": new_id()}))[0] == 409
    groups = {**FORM, "id": new_id(), "organ": mark.organ, "kind": "fda", "number": "123"}
    status, page = await sent(ying, "/marks", groups)
    assert (status, "มี 13 หลัก" in page) == (400, True)
