"""What no honest program sends: bodies, kinds of bodies, headers. Nothing of it is a 5xx."""

import gzip

DEEP = 100_000
ID = "01930000-0000-7000-8000-00000000ffff"
BODIES = {
    "nothing": b"",
    "cut": b"{",
    "not UTF-8": b"\xff",
    "null": b"null",
    "a list": b"[]",
    "a list for a text": b'{"id":[]}',
    "a text that is no UTF-8": b'{"id":"\xff"}',
    "lists in lists": b"[" * DEEP,
    "objects in objects": b'{"a":' * 50_000,
    "NaN": b'{"id":NaN,"satang":NaN}',
    "Infinity": b'{"satang":-Infinity,"lat":1e999}',
    "a number without end": b'{"satang":' + b"9" * 10_000 + b"}",
    "the same key twice": b'{"id":"a","id":"b"}',
    "half a character": rb'{"id":"\ud800"}',
    "NUL": rb'{"id":"\u0000","name":"a\u0000b"}',
    "marks from right to left": '{"id":"\u202e\u2066\u200f"}'.encode(),
    "10 kB in a word": b'{"id":"' + b"x" * 10_000 + b'"}',
    "a byte order mark": b'\xef\xbb\xbf{"id":"x"}',
}
WRONG_KINDS: dict[str, tuple[dict[str, str], bytes]] = {
    name: ({"content-type": kind, **more}, body)
    for name, kind, more, body in (
        ("broken multipart", "multipart/form-data; boundary=x", {},
         b'--x\r\nContent-Disposition: form-data; name="id"\r\n\r\n\xff\r\n--x--\r\n'),
        ("multipart without an end", "multipart/form-data; boundary=x", {}, b"--x\r\n"),
        ("multipart without a boundary", "multipart/form-data", {}, b"--x\r\n"),
        ("a file without a name", "multipart/form-data; boundary=x", {},
         b'--x\r\nContent-Disposition: form-data; filename="\xff"\r\n\r\na\r\n--x--\r\n'),
        ("XML", "application/xml", {}, b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
        ("plain text", "text/plain", {}, b"id=x"),
        ("no such kind", "x", {}, b"{}"),
        ("MessagePack", "application/msgpack", {}, b"\x81\xa2id\xa1x"),
        ("a letter set that is none", "application/json; charset=nonsense", {}, b'{"id":"x"}'),
        ("a form in another letter set", "application/x-www-form-urlencoded; charset=utf-16", {},
         "id=x".encode("utf-16")),
        ("a form of a thousand fields", "application/x-www-form-urlencoded", {},
         b"&".join(b"a%d=1" % n for n in range(1_000))),
        ("a form with broken escapes", "application/x-www-form-urlencoded", {}, b"id=%zz&%=%ff%00"),
        ("a gzip bomb", "application/json", {"content-encoding": "gzip"},
         gzip.compress(b"[" * 9_000_000)),
    )
}  # fmt: skip
HEADERS: dict[str, dict[str, bytes]] = {
    "a language that is none": {"accept-language": b"\x01;q=nonsense,*;q=9" + b"," * 2_000},
    "cookies that are none": {
        "cookie": b"market=; =; \x7f; basket=%ff%00; lang=xx; =" + b"a" * 4_000
    },
    "a key that is none": {"authorization": b"Bearer " + b"\xff" * 300},
    "another key": {"authorization": b"Basic ****"},
    "a page before that is none": {"referer": b"http://["},
    "a version that is none": {"if-none-match": b'W/"' + b"x" * 4_000, "if-modified-since": b"0"},
    "a part of it": {"range": b"bytes=9-1,-0"},
    "what is liked": {"accept": b"*/*;q=nan, application/json;v=\xe9"},
}
