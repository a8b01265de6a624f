"""Nothing gets lost unseen, and a new format alone is no loss: mutations of random texts, in several scripts."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.generators.realign.facts import Fact, addresses, capitalised, code, identifiers, plain, quotations
from porism.generators.realign.losses import Text, added, lost, told
from porism.generators.realign.numbers import numbers, unnumbered

WORDS = [
    "harbour", "lantern", "orchard", "violin", "comet", "bridge", "glacier", "pepper", "sparrow", "compass", "slowly",
    "carries", "follows", "keeps", "beside", "gentle", "narrow", "ancient", "silver", "märchen", "река", "γέφυρα",
]  # fmt: skip
ALPHABETS = ("bcdfgklmnprstvwz", "бвгджзклмнпрст", "βγδζκλμνπρστ", "çğşžčđłñ")
VOWELS = ("aeiou", "аеиоу", "αεηιο", "áéíöü")


@dataclass(frozen=True)
class Piece:
    """Something in a text; ``kind`` says as what it must be found missing."""

    kind: str
    text: str


def name(draw: Random) -> str:
    which = draw.randrange(len(ALPHABETS))
    letters = "".join(draw.choice(ALPHABETS[which]) + draw.choice(VOWELS[which]) for _ in range(draw.randint(3, 5)))
    return letters.upper() if draw.random() < 0.2 else letters.capitalize()


def number(draw: Random) -> str:
    whole = draw.randint(13, 99_999)
    return draw.choice([f"{whole}", f"{whole:,}", f"{whole}.{draw.randint(1, 99):02}", f".{whole}7"])


FACTS: dict[str, Callable[[Random], str]] = {
    "number": number,
    "name": name,
    "quotation": lambda draw: draw.choice(["“{} {}”", '"{} {}"', "«{} {}»"]).format(*(tag(draw) for _ in range(2))),
    "address": lambda draw: f"https://{tag(draw)}.org/{tag(draw)}?q={draw.randint(1, 9)}",
    "code": lambda draw: draw.choice(["{}_{}", "`{} = {}`", "{}({})"]).format(tag(draw), tag(draw)),
}


def tag(draw: Random) -> str:
    return "z" + "".join(draw.choice("bcdfghjklm") for _ in range(7))


def sentences(draw: Random) -> list[list[Piece]]:
    """Up to six sentences of plain words and facts, each fact once."""
    return [sentence(draw) for _ in range(draw.randint(1, 6))]


def sentence(draw: Random) -> list[Piece]:
    pieces = [Piece("", draw.choice(WORDS)) for _ in range(draw.randint(2, 6))]
    for _ in range(draw.randint(0, 3)):
        kind = draw.choice(list(FACTS))
        pieces.insert(draw.randint(0, len(pieces)), Piece(kind, FACTS[kind](draw)))
    return pieces


def said(pieces: list[Piece]) -> str:
    text = " ".join(piece.text for piece in pieces)
    return text[:1].upper() + text[1:] + "." if pieces and not pieces[0].kind else text + "."


def prose(text: list[list[Piece]]) -> str:
    return " ".join(map(said, text))


def dressed(draw: Random, piece: Piece) -> Piece:
    """The same in other markup or another spelling."""
    text = piece.text
    if piece.kind == "number" and draw.random() < 0.5:
        whole = text.replace(",", "")
        text = draw.choice([whole, f"{whole}0" if "." in whole else whole, f"0{whole}" if whole[0] == "." else whole])
    if piece.kind == "quotation" and draw.random() < 0.5:
        text = f"„{text[1:-1]}“"
    if piece.kind in ("", "name", "number") and draw.random() < 0.4:
        text = draw.choice(["**{}**", "*{}*", "_{}_", "__{}__", "`{}`", "({})", "{},", "<b>{}</b>", "~~{}~~"]).format(
            text
        )
    return Piece(piece.kind, text)


def laid_out(draw: Random, text: list[list[Piece]]) -> str:
    """The sentences in another order and another form."""
    parts = [said([dressed(draw, piece) for piece in pieces]) for pieces in draw.sample(text, len(text))]
    form = draw.randrange(7)
    if form == 0:
        return "\n".join(f"{draw.choice('-*•')} {part}" for part in parts)
    if form == 1:
        return "Steps:\n\n" + "\n".join(f"{k}. {part}" for k, part in enumerate(parts, 1))
    if form == 2:
        return "\n\n".join(f"**Step {k}:** {part}" for k, part in enumerate(parts, 1))
    if form == 3:
        return "\n".join(f"| {k} | {part} |" for k, part in enumerate(parts, 1))
    if form == 4:
        return "\n\n".join(f"## Part {k}\n> {part}" for k, part in enumerate(parts, 1))
    if form == 5:
        return " ".join(f"({k}) {part}" for k, part in enumerate(parts, 1)) if len(parts) > 1 else parts[0]
    return "  \n".join(parts)


@settings(max_examples=150, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_new_format_is_no_loss(draw: Random) -> None:
    text = sentences(draw)
    before, after = prose(text), laid_out(draw, text)
    assert lost(Text(before), Text(after))[0] == [], after
    if "## Part" not in after:
        assert added(Text(before), Text(after)) == [], after


@settings(max_examples=150, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_fact_that_is_left_out_is_found(draw: Random) -> None:
    text = sentences(draw)
    facts = [(i, k) for i, pieces in enumerate(text) for k, piece in enumerate(pieces) if piece.kind]
    if not facts:
        return
    i, k = draw.choice(facts)
    gone = text[i][k]
    rest = [[piece for j, piece in enumerate(pieces) if (h, j) != (i, k)] for h, pieces in enumerate(text)]
    missing, count = lost(Text(prose(text)), Text(laid_out(draw, rest)))
    assert gone.kind in {fact.kind for fact in missing}, gone
    assert all(plain(fact.text) in plain(gone.text) for fact in missing), gone
    assert count >= len(facts)


@settings(max_examples=100, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_number_that_is_put_in_is_found(draw: Random) -> None:
    text = sentences(draw)
    where = draw.randrange(len(text))
    more = [[*pieces, Piece("number", "777777")] if i == where else pieces for i, pieces in enumerate(text)]
    after = laid_out(draw, more)
    if "## Part" not in after:
        assert [fact.text.rstrip("0") for fact in added(Text(prose(text)), Text(after))] == ["777777"]


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(), max_size=80), st.text(st.characters(), max_size=80))
def test_any_text_keeps_what_it_says_itself(one: str, other: str) -> None:
    """Hostile ones too."""
    assert lost(Text(one), Text(one))[0] == []
    assert added(Text(one), Text(one)) == []
    assert added(Text(one), Text(other), "any") == []
    lost(Text(one), Text(other))
    assert len(added(Text(one), Text(other))) <= len(added(Text(one), Text(other), "none"))


@pytest.mark.parametrize(
    "text",
    [
        "x" * 20_000, "1," * 10_000, "1." * 10_000, "(" * 20_000, '"' * 20_001, "`" * 20_001, "A." * 10_000,
        "a@" * 10_000,
        "_" * 20_000, " " * 20_000 + "A", "“" * 20_000, "\n" * 20_000, "https://" * 2_500, "https://a" + ")" * 20_000,
        "1) " * 7_000, "```\n" * 5_000, "**" * 10_000, "\\" * 20_000, "9" * 20_000, "- 1. " * 4_000, "²" * 20_000,
    ],
)  # fmt: skip
def test_long_texts_take_time_in_proportion(text: str) -> None:
    assert lost(Text(text), Text(text))[0] == []


# What is a loss


def losses(before: str, after: str, context: str = "") -> list[str]:
    return [str(fact) for fact in lost(Text(before), Text(after), context)[0]]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("It costs 1,000 dollars.", "It costs 1000 dollars."),
        ("It costs 0.50.", "- costs: .5"),
        ("It costs 1\u00a0000 €.", "It costs **1000** €."),
        ("It has 12 legs and 3 eyes.", "Twelve legs, three eyes."),
        ("Ways: 1) walk 2) run", "Ways:\n- walk\n- run"),
        ("1. walk\n2. run", "First walk, then run."),
        ("1. Chess 2. Go 3. Uno", "- Chess\n- Go\n- Uno"),
        ("- Chess\n- Go\n- Uno", "1. Chess\n2. Go\n3. Uno"),
        ("Step 1: walk\nStep 2: run", "1. walk\n2. run"),
        ("The numbers are 100,200,300.", "100, 200, 300"),
        ("10² and H₂O and ½", "10^2, H2O, 1/2"),
        ("It is ٣٠ years.", "30 years"),
        ("Ｆｕｌｌｗｉｄｔｈ ４２", "fullwidth 42"),
        ("Born in the U.S. to Ann.", "- Ann\n- born: US"),
        ("I think Ann's cat sleeps.", "Ann has a cat that sleeps; think."),
        ("However, it rains. In Rome it does not.", "It does not rain in *Rome*."),
        ("Water boils. Salt helps the water.", "It boils with salt; water."),
        ("He said “never again”.", "> never, **again**"),
        ("Read «Война и мир».", "- Война и мир"),
        ("读《三国演义》。", "三国演义：读"),
        ("See https://a.org/x_(y).", "[here](https://a.org/x_(y))"),
        ("Use `a + b`.", "```\na+b\n```"),
        ("Call foo_bar() in Main.", "In Main, call `foo_bar`."),
        ('A 5" x 7" photo', 'photo: 5" by 7" x'),
        ("A) London\nB) Rome", "- London\n- Rome"),
        ("Café", "Cafe\u0301"),
        ("The cost is \\$5.", "cost: $5"),
    ],
)
def test_no_loss(before: str, after: str) -> None:
    assert losses(before, after) == []


@pytest.mark.parametrize(
    ("before", "after", "missing"),
    [
        ("It costs 1,000 dollars.", "It costs dollars.", ["number '1,000'"]),
        ("It costs 1,000 dollars.", "It costs 1 dollar, 000.", ["number '1,000'"]),
        ("3 apples and 1 pear. Eat.", "1. apples\n2. pear\n3. eat", ["number '3'", "number '1'"]),
        ("It is 3.14.", "It is 3.", ["number '3.14'"]),
        ("Version 1.2.3", "version 1.2.4", ["number '1.2.3'"]),
        ("Marie Curie found it.", "Curie found it.", ["name 'Marie'"]),
        ("Paris\nLondon\nBerlin", "- Paris\n- Berlin", ["name 'London'"]),
        ("Eat vitamin C and D.", "Eat vitamin c and D.", ["name 'C'"]),
        ("B", "The answer is A.", ["name 'B'"]),
        ("Die Brücke in Köln ist alt.", "Die Brücke ist alt.", ["name 'Köln'"]),
        ("He said “never again”.", "He said again, never.", ["quotation 'never again'"]),
        ("See https://a.org/x.", "See https://a.org.", ["address 'https://a.org/x'"]),
        ("Mail me@b.org now.", "Mail now.", ["address 'me@b.org'"]),
        ("```py\nx = 1\n```", "```py\nx = 2\n```", ["code 'x = 1'", "number '1'"]),
        ("Use `id`.", "Use `did`.", ["code 'id'"]),
        ("Call foo_bar.", "Call foobar.", ["code 'foo_bar'"]),
    ],
)
def test_a_loss(before: str, after: str, missing: list[str]) -> None:
    assert losses(before, after) == missing


def test_a_word_without_a_capital_in_the_request_is_no_name() -> None:
    assert losses("Elephants are big.", "They are big.") == ["name 'Elephants'"]
    assert losses("Elephants are big.", "They are big.", "Tell me about elephants.") == []


def test_at_the_beginning_of_a_sentence_a_like_word_will_do() -> None:
    assert losses("Mixing helps.", "A mix, or mixings, help.") == []
    assert losses("Mixing helps.", "A mix helps.") == ["name 'Mixing'"]
    assert losses("He likes Mixing.", "He likes mixings.") == ["name 'Mixing'"]
    assert losses("Person12: no", "Person13: no") == ["number '12'", "name 'Person12'"]


@pytest.mark.parametrize(
    ("there", "after", "numbering", "found"),
    [
        ("three apples", "1. 3 apples\n2. none", "numbering", []),
        ("three apples", "1. 3 apples\n2. none", "none", ["number '1'", "number '2'"]),
        ("apples", "1. wash\n2. eat, see step 1", "numbering", []),
        ("apples", "1. wash\n2. eat 1", "numbering", ["number '1'"]),
        ("apples", "5. wash", "numbering", ["number '5'"]),
        ("apples", "It has 95 calories.", "numbering", ["number '95'"]),
        ("apples", "It has 95 calories.", "any", []),
        ("1, 20 and 300", "1,20,300", "numbering", []),
        ("see https://a.org/7", "see https://a.org/7", "numbering", []),
    ],
)
def test_what_is_added(there: str, after: str, numbering: str, found: list[str]) -> None:
    assert [str(fact) for fact in added(Text(there), Text(after), numbering)] == found  # type: ignore[arg-type]


def test_a_reason_names_the_first_facts() -> None:
    facts = [Fact("number", str(k)) for k in range(7)]
    assert told(facts) == "number '0', number '1', number '2', number '3', number '4' and 2 more"
    assert str(Fact("quotation", "so\n" * 50)) == f"quotation {('so ' * 19) + '...'!r}"


# What a text says


def test_numbers_that_count_are_told_from_those_that_say_something() -> None:
    text = "1. a\n   1) b\n   2) c\n2. d\n10. e\n\n**3.** f\n\n| 1 | g |\n\n1945: h\n### 2 i"
    counted = [(one.value, one.counts) for one in numbers(text)]
    assert counted == [
        ("1", True), ("1", True), ("2", True), ("2", True), ("10", False), ("3", True), ("1", True), ("1945", False),
        ("2", True),
    ]  # fmt: skip
    assert unnumbered("1. a\n2. b 2") == ". a\n. b 2"


def test_facts_are_read_as_they_are_written() -> None:
    assert list(addresses("<https://a.org>, **www.b.org/c**. (d@e.org)")) == ["https://a.org", "www.b.org/c", "d@e.org"]
    assert list(identifiers("read_csv dropNa print() item(s) _so_ __init__ NASA")) == ["read_csv", "dropNa", "print"]
    assert list(quotations('“a” "b c" 「d」 5" x\n"e" and \'f\'')) == ["a", "d", "e"]
    assert code("a `b` c\n~~~py\nd\n```\n~~~\ne\n```\nf") == (["d", "```", "f", "b"], "a `b` c\ne")
    found = [(word.text, word.initial) for word in capitalised("So Bo (NATO). I, A: Xi\n- Yu | iPhone X")]
    assert found == [
        ("So", True), ("Bo", False), ("NATO", False), ("Xi", True), ("Yu", True), ("iPhone", True), ("X", False),
    ]  # fmt: skip
