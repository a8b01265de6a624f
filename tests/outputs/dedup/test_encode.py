"""The compiled loop cuts what `tokens` cuts, in every script, and numbers are words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.outputs.dedup import encode
from porism.outputs.dedup.encode import Corpus, Encoder
from porism.outputs.rouge import Tokeniser, tokens

ANY = st.characters(codec=None, exclude_categories=())
PIECES = st.sampled_from(
    ["Add", "two", "NUMBERS", "a1", "Straße", "翻译", "ﬁ", "हिन्दी", "!?", "\x00", "\x1c", "_", " ", "\ud800", "🎈"]
)
TEXTS = st.lists(
    st.one_of(st.text(ANY), st.lists(PIECES, max_size=8).map(" ".join), st.lists(PIECES).map("".join)), max_size=8
)


def numbered(rows: list[list[str]]) -> list[list[int]]:
    """Words as numbers in the order in which they come."""
    numbers: dict[str, int] = {}
    return [[numbers.setdefault(word, len(numbers)) for word in row] for row in rows]


def rows(corpus: Corpus) -> list[list[int]]:
    return [row.tolist() for row in np.split(corpus.tokens, corpus.starts[1:-1])] if len(corpus) else []


@settings(deadline=None, max_examples=300)
@given(TEXTS, st.sampled_from(["unicode", "rouge_score"]))
def test_the_words_are_those_of_the_tokeniser(texts: list[str], tokeniser: Tokeniser) -> None:
    corpus = Corpus.of(iter(texts), tokeniser)
    expected = numbered([tokens(text, tokeniser) for text in texts])
    assert rows(corpus) == expected
    assert corpus.vocabulary == len({number for row in expected for number in row})
    assert corpus.lengths.tolist() == list(map(len, expected))


def test_many_words_in_several_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encode, "_BLOCK", 7)
    texts = [f"word{n} Ünder{n % 50} w{n * n % 3001} {'x' * (n % 300)}" for n in range(9000)]
    assert rows(Corpus.of(texts)) == numbered(list(map(tokens, texts)))


def test_two_corpora_of_one_encoder_share_their_words() -> None:
    encoder = Encoder()
    one, two = encoder.add(["b a", "c"]), encoder.add(["A d", "!"])
    assert rows(one) == [[0, 1], [2]]
    assert rows(two) == [[1, 3], [4]]
    assert one.language is two.language
    assert one.language is not Corpus.of(["b a"]).language
    assert (one.vocabulary, two.vocabulary) == (3, 5)


def test_an_empty_corpus() -> None:
    assert len(Corpus.of([])) == 0
    assert rows(Corpus.of(["", "  "])) == [[], []]
