"""Draws a picture anew: file on stdin, a plain JPEG on stdout.

A program of its own, run by `pictures`, because it opens what strangers send: a decoder that
crashes, hangs or eats memory takes only this process with it. It imports nothing of ours.
"""

from __future__ import annotations

import io
import resource
import sys
import warnings

from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP")
PIXELS_MAX = 40_000_000
SIDE_MAX = 1_600
QUALITY = 82
MEMORY_BYTES_MAX = 1_000_000_000
"""40 million pixels with transparency, twice, and the program."""
SECONDS_MAX = 10
DRAWN, UNREADABLE, TOO_MANY_PIXELS = 0, 3, 4

ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
}  # fmt: skip


def drawn(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
        opened.draft("RGB", (SIDE_MAX, SIDE_MAX))  # a JPEG is read at the size that is needed
        turn = TURNS.get(_orientation(opened))
        image = _eight_bits(opened)
    image.thumbnail((SIDE_MAX, SIDE_MAX), reducing_gap=2.0)
    if turn is not None:
        image = image.transpose(turn)
    canvas = Image.new("RGB", image.size, "white")
    canvas.paste(image, mask=image if image.mode == "RGBA" else None)
    written = io.BytesIO()
    canvas.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()


def _orientation(opened: Image.Image) -> int:
    try:
        return int(opened.getexif().get(ORIENTATION, 1))
    except Exception:  # noqa: BLE001  # whatever is wrong in what we throw away, the picture counts
        return 1


def _eight_bits(opened: Image.Image) -> Image.Image:
    if opened.mode.startswith("I"):
        return opened.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    clear = opened.mode in ("RGBA", "LA", "PA") or "transparency" in opened.info
    return opened.convert("RGBA" if clear else "RGB")


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_MAX, SECONDS_MAX))
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = PIXELS_MAX
    try:
        picture = drawn(sys.stdin.buffer.read())
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        return TOO_MANY_PIXELS
    except Exception:  # noqa: BLE001  # a decoder may fail in any way; to whoever sent it, it is one
        return UNREADABLE
    sys.stdout.buffer.write(picture)
    return DRAWN


if __name__ == "__main__":
    sys.exit(main())
