"""Small drawings of ours: line icons (24 × 24), flat produce and faces (64 × 64), the sign."""

from __future__ import annotations

from market.web.produce import PLAIN, looks

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
    "basket_empty": (
        '<path d="M8 30h48l-5 26H13z" fill="#c98d2b"/><path d="M8 30h48l-1 6H9z" fill="#8a6230"'
        '/><path d="M16 30C16 8 48 8 48 30" fill="none" stroke="#8a6230" stroke-width="3"/><pat'
        'h d="M13 42h38M14 49h36M22 36l2 20M32 36v20M42 36l-2 20" stroke="#8a6230" stroke-width'
        '="2"/>'
    ),
    "face": (
        '<rect width="64" height="64" fill="#fdf1d3"/><path d="M6 66c2-16 14-20 26-20s24 4 26 2'
        '0z" fill="#2f6b3c"/><circle cx="32" cy="32" r="12" fill="#d9a06f"/><path d="M12 24c8-4'
        ' 32-4 40 0-4 3-36 3-40 0z" fill="#c98d2b"/><path d="M20 22c2-12 22-12 24 0z" fill="#e0'
        'b05a"/><path d="M27 36c3 3 7 3 10 0" stroke="#7a4b25" stroke-width="2" fill="none" str'
        'oke-linecap="round"/>'
    ),
}
"""What is no produce; how crops look is in produce.svg."""

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
    """Of that name here, or of the produce that looks so; leafy where there is none."""
    inside = DRAWINGS.get(name) or looks().get(name, looks()[PLAIN]).inside
    return f'<svg viewBox="0 0 64 64" aria-hidden="true">{inside}</svg>'
