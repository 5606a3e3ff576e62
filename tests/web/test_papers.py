"""What is printed: read back from the PDF, its code from the picture, and nobody else's to read."""

import pypdfium2
import zxingcpp
from httpx import Response

from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.certificates.tables import CertificateEvent
from market.domain.labels.drawing import qr_svg
from market.domain.receipts import commands as receipts
from market.domain.receipts import queries as issued
from market.domain.settlement import commands as settlement
from market.domain.settlement.rules import MakeRun, Settle
from market.web.papers import press
from tests.cast import KRIT, MALEE, NETWORK, NOK, NOW, PRASERT, RATTAPHUM, TODAY, WAN, later
from tests.doors import Doors
from tests.guarantee import certified, published
from tests.market.stall import stall_in_village
from tests.till import krit_keeps_his_groups_money, sold


class Paper:
    def __init__(self, said: Response) -> None:
        assert said.status_code == 200, said.text
        assert said.headers["content-type"] == "application/pdf"
        assert said.headers["cache-control"] == "no-store"
        with pypdfium2.PdfDocument(said.content) as paper:
            self.sizes = [page.get_size() for page in paper]
            self.words = "".join(page.get_textpage().get_text_range() for page in paper)
            self.pictures = [page.render(scale=3).to_pil() for page in paper]
        assert b"/FontFile" in said.content  # the font travels with the paper
        self.codes = {code.text for one in self.pictures for code in zxingcpp.read_barcodes(one)}

    def says(self, *words: str) -> None:
        """Extracted text has other spaces, and sara am comes apart into two marks."""
        plain = _plain(self.words)
        missing = [word for word in words if _plain(word) not in plain]
        assert not missing, (missing, self.words)


def _plain(said: str) -> str:
    """Marks stand in any order in an extracted text: letters alone are compared."""
    return "".join(c for c in said if c.isalnum() and not "\u0e30" < c <= "\u0e3a" and c != "ำ")


async def test_a_certificate_is_printed_for_who_holds_it_and_who_keeps_it(doors: Doors) -> None:
    await published()
    issued_ = await certified()
    address = f"/certs/{issued_.certificate}/paper.pdf"
    paper = Paper(await (await doors.as_(MALEE)).get(address))
    [row] = await in_use().query("SELECT code, number FROM certificate")
    paper.says("ใบรับรองแปลงเกษตร", "รับรองแบบมีส่วนร่วม (PGS)", row["number"], "คะน้า", "เลขานุการ")
    assert paper.codes == {f"HTTP://TESTSERVER.LOCAL/C/{row['code']}"}
    assert len(paper.sizes) == 1
    await CertificateEvent.insert(
        CertificateEvent(
            id=new_id(), certificate=issued_.certificate, kind="suspended", from_on=TODAY,
            because="herbicide", note=None, by=WAN, at=NOW, seq=1, salt=bytes(16),
        )
    )  # fmt: skip
    Paper(await (await doors.as_(MALEE)).get(address)).says("พักการรับรอง")  # across the sheet
    assert (await (await doors.as_(WAN)).get(address)).status_code == 200
    assert (await (await doors.as_(KRIT)).get(address)).status_code == 404
    assert (await doors.stranger().get(address, follow_redirects=False)).status_code == 303


async def test_receipts_for_the_buyer_and_the_stall_and_nobody_else(doors: Doors) -> None:
    there = await stall_in_village()
    placed = await there.paid()
    nok, prasert = await doors.as_(NOK), await doors.as_(PRASERT)
    asked = f"/order/{placed.code}/receipt.pdf"
    assert (await nok.get(asked)).status_code == 404  # nothing is handed over yet
    await there.hand_over(placed.order)
    await run(receipts.issue, placed.order, at=later(days=3))
    paper = Paper(await nok.get(asked))
    paper.says("ใบเสร็จรับเงิน", "2569", "00001", "คะน้า", "39.99", "สามสิบเก้าบาทเก้าสิบเก้าสตางค์")
    paper.says("ยกเว้นภาษีมูลค่า", "ม.81(1)(ก)", "ไม่ใช่ใบกำกับภาษี")
    listed = (await prasert.get("/receipts")).text
    assert "00001" in listed
    assert "39.99" in (await prasert.get("/receipts?as=csv")).text
    own = (await issued.of_order(placed.order)).id
    widths = []
    for size in ("a5", "80", "58"):
        paper = Paper(await prasert.get(f"/receipts/{own}/{size}.pdf"))
        paper.says("00001", "39.99")
        assert len(paper.codes) == 1
        widths.append(round(paper.sizes[0][0] * 25.4 / 72))
    assert widths == [148, 80, 58]
    assert (await prasert.get(f"/receipts/{own}/a0.pdf")).status_code == 404
    assert (await (await doors.as_(KRIT)).get(asked)).status_code == 404
    assert (await (await doors.as_(KRIT)).get(f"/receipts/{own}/a5.pdf")).status_code in (403, 404)
    assert (await doors.stranger().get(asked)).status_code == 404


async def test_a_statement_names_the_rule_and_every_deduction(doors: Doors) -> None:
    there = await stall_in_village()
    await there.hand_over((await there.paid()).order)
    await run(
        settlement.settle, Settle(new_id(), there.cycle, NETWORK), by=PRASERT, at=later(days=5)
    )
    malee = await doors.as_(MALEE)
    address = f"/statements/{MALEE}/paper.pdf"
    paper = Paper(await malee.get(address))
    paper.says("ใบแจ้งยอดเกษตรกร", "กติกาแบ่งเงิน ฉบับที่ 1", "เกษตรกร 80%", "หัก 8 บาท", "32 บาท")
    assert paper.codes == {"http://testserver.local/farm/money"}
    assert (await (await doors.as_(PRASERT)).get(address)).status_code == 200
    assert (await (await doors.as_(KRIT)).get(address)).status_code == 404


def test_thai_marks_are_whole_and_names_are_never_markup() -> None:
    """The tallest stack is drawn: ink above the line's letters and below them, nothing cut off."""
    goods = [{"name": "ญี่ปุ่น ฐู ป้ำ ฏุ #panic() $x$ *b*", "claim": "", "price": "1"}]
    content = {"name": "ปุ่มญี่ปุ่น", "where": "", "when": "", "weekly": "", "goods": goods}
    content |= {"qr": qr_svg("x"), "address": "x"}
    with pypdfium2.PdfDocument(press.printed("poster", content)) as paper:
        assert len(paper) == 1
        assert "#panic() $x$ *b*" in paper[0].get_textpage().get_text_range()
        picture = paper[0].render(scale=4, grayscale=True).to_pil()
    name = picture.crop((0, 640, picture.width, 900))
    ink = [
        y for y in range(name.height) if name.crop((0, y, name.width, y + 1)).getextrema()[0] < 120
    ]
    assert ink
    assert ink[-1] - ink[0] >= 4 * 32 * 1.35  # marks above and below: higher than the font's size


async def test_each_payee_of_a_run_has_a_voucher_to_sign(doors: Doors) -> None:
    there = await stall_in_village()
    await sold(there)
    await run(settlement.settle, Settle(new_id(), there.cycle, NETWORK), by=PRASERT, at=NOW)
    made = await run(
        settlement.make_run, MakeRun(new_id(), RATTAPHUM, "farmer"), by=PRASERT, at=NOW
    )
    address = f"/payout/{made.run}/vouchers.pdf"
    paper = Paper(await (await doors.as_(PRASERT)).get(address))
    assert len(paper.sizes) == 2  # Malee's and Somchai's, A5
    assert [round(side * 25.4 / 72) for side in paper.sizes[0]] == [148, 210]
    paper.says("ใบสำคัญจ่าย", "มาลี ศรีสุข", "80 บาท", "-16 บาท", "64 บาท", "หกสิบสี่บาทถ้วน")
    paper.says("90 บาท", "72 บาท", "เจ็ดสิบสองบาทถ้วน", "ผู้อนุมัติ", "ยังไม่ได้รับอนุมัติ ห้ามจ่าย")
    await krit_keeps_his_groups_money()
    assert (await (await doors.as_(KRIT)).get(address)).status_code == 404
