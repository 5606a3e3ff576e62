"""All that a credential can say of a certificate, invented: Malee lets her name be told."""

from datetime import UTC, date, datetime

from certification.basis.text import Text
from certification.credentials.facts import Facts, Judged, Land, Party, Scheme

GROUP = Party("G2RATTAQ", Text("กลุ่มรัตภูมิ", "Rattaphum group"))
NETWORK = Party("N0SGSPGA", Text("เครือข่ายสงขลาเขียวยิ้ม", "Songkhla Green Smile"))
FACTS = Facts(
    code="938E4G3F",
    number="SGS-90-69-00001-2",
    stage="organic",
    crops=(("kale", Text("คะน้า", "Chinese kale")), ("basil", Text("โหระพา", "Thai basil"))),
    valid_from=date(2026, 11, 22),
    valid_until=date(2027, 11, 21),
    scheme=Scheme(
        "sgs-pgs",
        1,
        "01930000-0000-7000-8000-00000000c001",
        Text("สงขลากรีนสไมล์ PGS", "Songkhla Green Smile PGS"),
        date(2024, 1, 1),
        "ab" * 32,
        NETWORK,
    ),
    network=NETWORK,
    group=GROUP,
    land=Land(
        "P7K2M9QX", 52, Text("ต.กำแพงเพชร อ.รัตภูมิ จ.สงขลา", "Kamphaeng Phet, Rattaphum, Songkhla")
    ),
    holder_name="มาลี ใจดี",
    decided_on=date(2026, 11, 22),
    inspected_on=date(2026, 11, 20),
    judged=(
        Judged(
            "E01", "1_ethics", "membership", "Pledge signed", Text("ลงชื่อแล้ว", "Pledge signed"), True
        ),
        Judged("I01", "2_inputs", "inputs", "No prohibited input", Text("ไม่ใช้", "None used"), True),
        Judged("B01", "3_protection", "buffer", "Buffer kept", Text("มีแนวกันชน", "Buffer"), False),
    ),
    list=1,
    place=94_567,
    said_at=datetime(2026, 11, 22, 3, tzinfo=UTC),
)
