"""The demo outlets' pictures and epaper: small files made here, the same bytes each time."""

import hashlib
import struct
import zlib


def draw_png(name: str, width: int, height: int) -> bytes:
    r"""Return a PNG picture of sky and sea whose colours follow from ``name``.

    >>> draw_png("harbour", 4, 4)[:8]
    b'\x89PNG\r\n\x1a\n'
    """
    seed = hashlib.sha256(name.encode()).digest()
    sky, sea = bytes(120 + byte // 2 for byte in seed[:3]), bytes(30 + byte // 3 for byte in seed[3:6])
    horizon = height // 3 + seed[6] * height // 768
    rows = (b"\x00" + sky * width) * horizon + (b"\x00" + sea * width) * (height - horizon)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_png_chunk(kind, content) for kind, content in chunks)


def _png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def draw_pdf(line: str) -> bytes:
    """Return a PDF of one page with one line of ASCII text.

    >>> draw_pdf("Front page").startswith(b"%PDF-1.4")
    True
    """
    stream = f"BT /F1 24 Tf 72 720 Td ({line}) Tj ET".encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    pdf, offsets = b"%PDF-1.4\n", []
    for number, thing in enumerate(objects, start=1):
        offsets.append(len(pdf))
        pdf += b"%d 0 obj\n%s\nendobj\n" % (number, thing)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects) + 1
    return (
        pdf
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(pdf))
    )
