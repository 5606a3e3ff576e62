"""Labels in the two languages of thermal printers, from one picture in black and white.

Cheap printers cannot set Thai, so they are sent dots. ESC/POS knows no "so many of this": the dots
are sent again for each label. ZPL does.
"""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageChops

HEAD_MM = 48
"""What the head of a 58 mm printer burns, in the middle of the roll: 384 dots at 203 dpi."""

ESC, GS, FF = b"\x1b", b"\x1d", b"\x0c"


def escpos(pictures: Sequence[Image.Image], dpi: int, *, gaps: bool) -> bytes:
    """`gaps`: die-cut labels, where a form feed goes to the next; else 3 mm are fed to tear."""
    onward = FF if gaps else ESC + b"J" + bytes([round(3 * dpi / 25.4)])
    sent = [ESC + b"@"]
    for picture in pictures:
        cut = _middle(picture, dpi)
        wide = cut.width // 8
        size = wide.to_bytes(2, "little") + cut.height.to_bytes(2, "little")
        sent += [GS + b"v0\x00" + size + _bits(cut), onward]
    return b"".join(sent)


def zpl(pictures: Sequence[Image.Image], copies: int = 1) -> bytes:
    """Each picture a format of its own, printed `copies` times."""
    return "".join(_format(_whole_bytes(one), copies) for one in pictures).encode("ascii")


def _format(picture: Image.Image, copies: int) -> str:
    bits = _bits(picture)
    wide, all_ = picture.width // 8, len(bits)
    return (
        f"^XA^PW{picture.width}^LL{picture.height}^LH0,0^FO0,0"
        f"^GFA,{all_},{all_},{wide},{bits.hex().upper()}^FS^PQ{copies}^XZ\n"
    )


def _middle(picture: Image.Image, dpi: int) -> Image.Image:
    wide = 8 * round(HEAD_MM * dpi / 25.4 / 8)
    left = (picture.width - wide) // 2
    return picture.crop((left, 0, left + wide, picture.height))


def _whole_bytes(picture: Image.Image) -> Image.Image:
    wide = -(-picture.width // 8) * 8
    if wide == picture.width:
        return picture
    white = Image.new("1", (wide, picture.height), 1)
    white.paste(picture, (0, 0))
    return white


def _bits(picture: Image.Image) -> bytes:
    """Row by row, a burnt dot is 1."""
    return ImageChops.invert(picture.convert("L")).convert("1", dither=Image.Dither.NONE).tobytes()
