"""Small drawings of ours: line icons (24 × 24), flat produce and faces (64 × 64), the sign."""

from __future__ import annotations

ICONS = {
    "check": '<path d="M5 12.5l4.5 4.5L19 7.5"/>',
    "shield": (
        '<path d="M12 3l8 3v6c0 5-3.4 7.9-8 9-4.6-1.1-8-4-8-9V6z"/><path d="M8.3 12l2.6 2.6 4'
        '.8-5"/>'
    ),
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.5 2"/>',
    "warn": '<path d="M12 4l9 16H3z"/><path d="M12 10v4.5M12 17.2v.1"/>',
    "no": '<circle cx="12" cy="12" r="9"/><path d="M6 6l12 12"/>',
    "pin": (
        '<path d="M12 21s7-6.3 7-11.5A7 7 0 0 0 5 9.500C5 14.700 12 21 12 21z"/><circle cx="1'
        '2" cy="9.500" r="2.500"/>'
    ),
    "basket": '<path d="M3 10h18l-2 10H5zM8 10l4-6 4 6"/>',
    "truck": (
        '<path d="M2 6h12v10H2zM14 10h4l4 3v3h-8z"/><circle cx="7" cy="18" r="2"/><circle cx='
        '"18" cy="18" r="2"/>'
    ),
    "flag": '<path d="M5 21V4h12l-2.500 4L17 12H5"/>',
    "share": '<path d="M12 15V4M8 8l4-4 4 4M5 13v7h14v-7"/>',
    "scale": '<path d="M5 20h14M7 20V9h10v11M4 9h16M12 12v3"/>',
    "seed": (
        '<path d="M12 21v-9M12 13C12 9 9 7 4 7c0 5 3 7 8 6zM12 12c0-5 3-8 8-8 0 6-3 8.500-8 8z"/>'
    ),
    "menu": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "money": '<rect x="3" y="6" width="18" height="12" rx="2"/><circle cx="12" cy="12" r="3"/>',
    "people": (
        '<circle cx="9" cy="9" r="3.5"/><path d="M3 20c0-4 3-6 6-6s6 2 6 6M16 6a3 3 0 010 6M1'
        '7 14c3 .5 4 3 4 6"/>'
    ),
    "map": '<path d="M3 6l6-2 6 2 6-2v14l-6 2-6-2-6 2zM9 4v14M15 6v14"/>',
    "home": '<path d="M4 11l8-7 8 7v9h-5v-6H9v6H4z"/>',
    "vote": '<path d="M4 12h16v8H4zM8 12V5h8v7M10.5 8l1.5 1.5L14.500 7"/>',
    "back": '<path d="M9 7L4 12l5 5M4 12h10a6 6 0 0 1 6 6"/>',
    "bell": '<path d="M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21h4"/>',
    "search": '<circle cx="11" cy="11" r="6"/><path d="M16 16l5 5"/>',
    "print": '<path d="M7 8V3h10v5M5 8h14a2 2 0 012 2v7h-4M3 17v-7a2 2 0 012-2M7 14h10v7H7z"/>',
    "leaf": '<path d="M5 19C4 10 10 4 20 4c0 10-6 16-15 15zM5 19c3-5 6-8 10-10"/>',
}

DRAWINGS = {
    "leafy": (
        '<path d="M30 60c-1-14-1-24 2-36" stroke="#5d8f3d" stroke-width="4" fill="none"/><path '
        'd="M32 26C20 24 15 14 17 4c11 2 17 10 15 22z" fill="#3f8f45"/><path d="M32 30c10-3 17-'
        '12 16-22-11 1-18 10-16 22z" fill="#57a74f"/><path d="M31 42C20 43 12 36 10 27c11-1 20 '
        '5 21 15z" fill="#57a74f"/><path d="M32 44c9 1 18-5 21-14-10-2-20 4-21 14z" fill="#3f8f'
        '45"/><path d="M24 52h16v6H24z" rx="2" fill="#c98d2b"/>'
    ),
    "chili": (
        '<path d="M40 12c3-4 6-5 9-5" stroke="#3f7d3a" stroke-width="4" fill="none" stroke-line'
        'cap="round"/><path d="M44 12c4 4 4 12 0 20S26 54 10 56c12-8 16-16 18-26 2-9 8-18 16-18'
        'z" fill="#c8321f"/><path d="M36 14c3-4 9-4 11 0-3 3-9 4-11 0z" fill="#57a74f"/><path d'
        '="M33 30c-2 9-6 15-11 19" stroke="#e77a63" stroke-width="3" fill="none" stroke-linecap'
        '="round"/>'
    ),
    "egg": (
        '<ellipse cx="23" cy="34" rx="13" ry="17" fill="#e9c9a0"/><ellipse cx="42" cy="38" rx="'
        '12" ry="16" fill="#f3dfc2"/><path d="M6 44c4 12 48 12 52 0l-4 12c-6 6-38 6-44 0z" fill'
        '="#b98a4a"/><path d="M8 50c12 6 36 6 48 0" stroke="#8a6230" stroke-width="2" fill="non'
        'e"/>'
    ),
    "cuke": (
        '<path d="M10 50C8 30 26 10 50 10c5 0 6 5 4 9C48 40 32 56 16 56c-3 0-6-2-6-6z" fill="#3'
        'f8f45"/><path d="M18 48c2-14 14-28 30-32" stroke="#8fc77f" stroke-width="3" fill="none'
        '" stroke-linecap="round" stroke-dasharray="6 7"/><path d="M50 10l6-5" stroke="#5d8f3d"'
        ' stroke-width="4" stroke-linecap="round"/>'
    ),
    "pumpkin": (
        '<path d="M32 16c-2-4 0-9 4-11" stroke="#5d8f3d" stroke-width="5" fill="none" stroke-li'
        'necap="round"/><ellipse cx="32" cy="37" rx="26" ry="20" fill="#6f8f3a"/><ellipse cx="3'
        '2" cy="37" rx="16" ry="20" fill="#86a548"/><ellipse cx="32" cy="37" rx="6" ry="20" fil'
        'l="#a6bf5f"/><path d="M12 40c2 8 7 13 12 15" stroke="#e0b64a" stroke-width="3" fill="n'
        'one"/>'
    ),
    "mango": (
        '<path d="M14 44C8 28 22 10 40 12c14 2 16 18 8 30-8 13-28 17-34 2z" fill="#f0a92e"/><pa'
        'th d="M14 44C9 30 20 14 36 12c-14 8-18 22-14 40-4-1-7-4-8-8z" fill="#e58a22"/><path d='
        '"M42 12c2-4 6-6 11-5-1 5-5 7-11 5z" fill="#3f8f45"/>'
    ),
    "basket_empty": (
        '<path d="M8 30h48l-5 26H13z" fill="#c98d2b"/><path d="M8 30h48l-1 6H9z" fill="#8a6230"'
        '/><path d="M16 30C16 8 48 8 48 30" fill="none" stroke="#8a6230" stroke-width="3"/><pat'
        'h d="M13 42h38M14 49h36M22 36l2 20M32 36v20M42 36l-2 20" stroke="#8a6230" stroke-width'
        '="2"/>'
    ),
    "banana": (
        '<path d="M14 12c2 22 14 36 38 38 2 0 3 3 1 4C30 60 8 44 8 14c0-3 5-4 6-2z" fill="#f2c2'
        '30"/><path d="M11 13c0 24 16 40 42 41" fill="none" stroke="#b98a1a" stroke-width="2"/>'
        '<path d="M20 12c4 16 14 28 33 30 3 0 3 4 0 4-22 1-38-14-39-33 0-3 5-4 6-1z" fill="#f7d'
        '75a"/><path d="M9 14l2-8 6 1 2 6z" fill="#6f8f3a"/>'
    ),
    "bean": (
        '<path d="M14 6c-8 20 4 34-2 52M26 6c-6 18 6 34 0 52M40 6c6 18-6 32 2 52M52 6c8 22-6 34'
        ' 0 50" fill="none" stroke="#57a74f" stroke-width="6" stroke-linecap="round"/><path d="'
        'M26 6c-6 18 6 34 0 52M52 6c8 22-6 34 0 50" fill="none" stroke="#3f8f45" stroke-width="'
        '6" stroke-linecap="round"/><path d="M8 30h48" stroke="#c98d2b" stroke-width="5"/>'
    ),
    "eggplant": (
        '<circle cx="24" cy="40" r="17" fill="#8fbf6a"/><circle cx="44" cy="44" r="14" fill="#a'
        '9d084"/><path d="M16 27c4-6 12-6 16 0-5 3-11 3-16 0zM38 33c3-5 9-5 12 0-4 3-8 3-12 0z"'
        ' fill="#3f7d3a"/><path d="M24 24V14M44 31v-9" stroke="#3f7d3a" stroke-width="3"/><path'
        ' d="M14 44c2 6 5 9 9 10M38 48c1 4 4 7 7 7" stroke="#e4f1d4" stroke-width="2.500" fill='
        '"none"/>'
    ),
    "fruit": (
        '<circle cx="23" cy="38" r="16" fill="#c8321f"/><circle cx="44" cy="43" r="14" fill="#9'
        'c2b1b"/><path d="M23 22c0-7 3-11 9-14M44 29c0-9-4-15-10-20" stroke="#5d8f3d" stroke-wi'
        'dth="3" fill="none"/><path d="M33 9c6-5 13-4 18 0-5 6-12 6-18 0z" fill="#57a74f"/><pat'
        'h d="M13 36c1-5 4-8 8-9" stroke="#f0a08f" stroke-width="3" fill="none" stroke-linecap='
        '"round"/>'
    ),
    "gourd": (
        '<path d="M26 12c2 8-4 14-6 24-2 14 4 22 14 22s16-8 13-22c-2-9-8-15-8-24z" fill="#86a54'
        '8"/><path d="M30 14c0 10-4 18-3 30M35 14c2 10 5 20 3 32" stroke="#a6bf5f" stroke-width'
        '="3" fill="none"/><path d="M32 14c-1-4 1-8 5-10" stroke="#5d8f3d" stroke-width="4" fil'
        'l="none" stroke-linecap="round"/>'
    ),
    "root": (
        '<path d="M20 26c8-6 20-6 26 2 8 10 2 22-8 28-4 2-6 1-8-3-4-8-14-8-16-16-1-5 2-8 6-11z"'
        ' fill="#b5793f"/><path d="M24 34c4-3 8-3 12 0M34 46c3-1 5-1 8 1" stroke="#8a5626" stro'
        'ke-width="2" fill="none"/><path d="M30 24c-2-8-8-12-14-14 8-2 14 2 16 10 1-8 6-13 14-1'
        '2-2 8-7 13-13 16z" fill="#57a74f"/>'
    ),
    "rice": (
        '<path d="M32 60C31 40 28 22 18 8M32 60c1-22 6-36 16-46" stroke="#8f9f3a" stroke-width='
        '"3" fill="none"/><path d="M18 8c-6 2-8 8-4 12 5-2 6-7 4-12zM22 18c-7 0-10 5-8 10 6 0 9'
        "-4 8-10zM26 29c-6 0-9 5-7 9 5 0 8-4 7-9zM48 14c7 1 9 7 5 12-6-1-7-7-5-12zM42 24c7 0 10"
        ' 5 8 10-6 0-9-4-8-10zM38 35c6 0 9 5 7 9-5 0-8-4-7-9z" fill="#e0b64a"/>'
    ),
    "herb": (
        '<path d="M32 60V22M32 44c-6-6-12-8-18-8M32 38c6-6 12-8 18-8" stroke="#5d8f3d" stroke-w'
        'idth="3" fill="none"/><path d="M32 24c-7-4-9-12-6-20 8 3 10 12 6 20zM14 36c-6 2-10 0-1'
        "2-5 6-4 11-2 12 5zM50 30c6 2 10 0 12-5-6-4-11-2-12 5zM30 40c-8 2-13-1-16-8 8-4 14-1 16"
        " 8zM34 34c8 2 13-1 16-8-8-4-14-1-16 8zM32 52c-7 4-13 2-17-4 7-5 14-3 17 4zM32 52c7 4 1"
        '3 2 17-4-7-5-14-3-17 4z" fill="#57a74f"/>'
    ),
    "face": (
        '<rect width="64" height="64" fill="#fdf1d3"/><path d="M6 66c2-16 14-20 26-20s24 4 26 2'
        '0z" fill="#2f6b3c"/><circle cx="32" cy="32" r="12" fill="#d9a06f"/><path d="M12 24c8-4'
        ' 32-4 40 0-4 3-36 3-40 0z" fill="#c98d2b"/><path d="M20 22c2-12 22-12 24 0z" fill="#e0'
        'b05a"/><path d="M27 36c3 3 7 3 10 0" stroke="#7a4b25" stroke-width="2" fill="none" str'
        'oke-linecap="round"/>'
    ),
}
"""By the look of a thing; `look_of` names one for each crop."""

LOOKS = {
    "chili": "chilli",
    "cuke": "cucumber okra papaya pineapple",
    "banana": "banana",
    "bean": "bean mimosa lemongrass chives onion moringa",
    "eggplant": "eggplant guava lime longkong langsat duku",
    "gourd": "gourd loofah luffa zucchini melon watermelon",
    "pumpkin": "pumpkin durian jackfruit champedak coconut palm pomelo sapodilla",
    "fruit": "tomato mangosteen rambutan chuk mandarin salak dragon rose santol",
    "mango": "mango corn marian star",
    "root": "potato taro turmeric ginger fingerroot galangal daikon peanut cassava yam radish",
    "rice": "rice",
    "herb": "basil mint coriander celery culantro fern cha pennywort dill",
    "egg": "egg",
}
"""Words of a crop's id, by the drawing that looks like it; the others are leafy."""


def look_of(crop: str) -> str:
    """The last word says what it is: `torch-ginger` is a ginger, `sweet-corn` a corn."""
    for word in reversed(crop.split("-")):
        for look, words in LOOKS.items():
            if word in words.split():
                return look
    return "leafy"


SIGN = (
    '<svg viewBox="0 0 64 64" aria-hidden="true"><circle cx="32" cy="32" r="30" fill="#f2'
    'b632"/><path d="M13 33c3 14 12 20 19 20s16-6 19-20c-6 5-12 7-19 7s-13-2-19-7z" fill='
    '"#14532d"/><path d="M32 37c-1-9 1-16 6-22" stroke="#14532d" stroke-width="4" fill="n'
    'one"/><path d="M38 17c-8 1-13-2-16-9 9-2 15 1 16 9zM38 15c1-7 6-10 13-9-1 8-5 11-13 '
    '9z" fill="#14532d"/></svg>'
)
"""The green market's sign."""


def icon(name: str) -> str:
    return f'<svg class="i" viewBox="0 0 24 24" aria-hidden="true">{ICONS[name]}</svg>'


def drawing(name: str) -> str:
    """The leafy one where we have no drawing of that name."""
    inside = DRAWINGS.get(name, DRAWINGS["leafy"])
    return f'<svg viewBox="0 0 64 64" aria-hidden="true">{inside}</svg>'
