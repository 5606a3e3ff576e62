"""What is laid out says the same whenever its places are filled."""

from hypothesis import given
from hypothesis import strategies as st

from market.web.layout import Layout, joined

NAMES = ("code", "grams", "way")
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
said = st.lists(texts | st.sampled_from([f"\0{name}\0" for name in NAMES]), max_size=9)
values = st.fixed_dictionaries({name: texts.map(str.encode) for name in NAMES})


def whole(said: list[str], placed: dict[str, bytes]) -> bytes:
    parts = [placed[one.strip("\0")] if "\0" in one else one.encode() for one in said]
    return b"".join(parts)


@given(said, values, st.sets(st.sampled_from(NAMES)))
def test_filled_before_or_when_it_is_sent(
    said: list[str], placed: dict[str, bytes], first: set[str]
) -> None:
    of = Layout.read("".join(said))
    before = of.filled({name: placed[name] for name in first})
    assert of.whole(placed) == before.whole(placed) == whole(said, placed)
    assert before.filled(placed).whole({}) == whole(said, placed)


@given(said, said, values)
def test_a_layout_in_a_place_of_another_keeps_its_own_places(
    outer: list[str], inner: list[str], placed: dict[str, bytes]
) -> None:
    of = Layout.read("".join(outer)).filled({"way": Layout.read("".join(inner))})
    assert of.whole(placed) == whole(outer, {**placed, "way": whole(inner, placed)})
    both = joined([Layout.read("".join(outer)), b"-", Layout.read("".join(inner))])
    assert both.whole(placed) == whole(outer, placed) + b"-" + whole(inner, placed)


@given(said, values, values)
def test_the_digest_is_another_where_the_whole_is(
    said: list[str], one: dict[str, bytes], other: dict[str, bytes]
) -> None:
    of = Layout.read("".join(said))
    assert (of.whole(one) == of.whole(other)) or of.digest(one) != of.digest(other)
    assert of.digest(one) == of.digest(dict(one))
    assert Layout.read("".join([*said, "."])).digest(one) != of.digest(one)
