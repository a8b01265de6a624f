"""What the joins must find, by comparing everything with everything; and corpora to try."""

from fractions import Fraction
from random import Random

from rapidfuzz.distance import LCSseq

from porism.outputs.rouge import tokens


def near(common: int, total: int, threshold: Fraction, boundary: str) -> bool:
    score = Fraction(2 * common, max(total, 1))
    return score >= threshold if boundary == "drop" else score > threshold


def pairs(texts: list[str], threshold: Fraction, boundary: str) -> list[tuple[int, int, int]]:
    rows = list(map(tokens, texts))
    found = []
    for j, later in enumerate(rows):
        for i, earlier in enumerate(rows[:j]):
            common = LCSseq.similarity(earlier, later)
            if near(common, len(earlier) + len(later), threshold, boundary):
                found.append((i, j, common))
    return sorted(found)


def across(texts: list[str], others: list[str], threshold: Fraction, boundary: str) -> list[tuple[int, int]]:
    rows, found = list(map(tokens, others)), []
    for row in map(tokens, texts):
        scores = []
        for i, other in enumerate(rows):
            common, total = LCSseq.similarity(row, other), len(row) + len(other)
            if near(common, total, threshold, boundary):
                scores.append((Fraction(2 * common, total), -i, common))
        best = max(scores, default=None)
        found.append((-best[1], best[2]) if best else (-1, 0))
    return found


def greedy(texts: list[str], threshold: Fraction, boundary: str) -> list[tuple[int, int]]:
    rows = list(map(tokens, texts))
    kept: list[int] = []
    found = []
    for j, row in enumerate(rows):
        scores = []
        for i in kept:
            common, total = LCSseq.similarity(row, rows[i]), len(row) + len(rows[i])
            if near(common, total, threshold, boundary):
                scores.append((Fraction(2 * common, total), -i, common))
        best = max(scores, default=None)
        found.append((-best[1], best[2]) if best else (-1, 0))
        if not best:
            kept.append(j)
    return found


LATIN = [
    "the",
    "a",
    "of",
    "to",
    "write",
    "list",
    "name",
    "words",
    "about",
    "two",
    "three",
    "numbers",
    "city",
    "poem",
    "short",
    "story",
    "python",
    "code",
    "why",
    "how",
]
OTHER = ["将", "句", "子", "翻", "译", "напиши", "стихотворение", "ひ", "ら", "हिन्दी", "اكتب", "รสา", "Straße", "naïve"]


def corpus(random: Random, size: int, longest: int = 14) -> list[str]:
    """Texts with ties, repeats, near-copies, empty ones and other scripts; few words, so that much is near."""
    texts: list[str] = []
    for _ in range(size):
        kind = random.random()
        if texts and kind < 0.1:
            texts.append(random.choice(texts))
        elif texts and kind < 0.45:
            texts.append(" ".join(edited(random, random.choice(texts).split())))
        elif kind < 0.5:
            texts.append(random.choice(["", "  ", "!!", "🎈 🎉", "\x00"]))
        else:
            some = LATIN if random.random() < 0.8 else OTHER
            texts.append(" ".join(random.choice(some) for _ in range(random.randint(1, longest))))
    return texts


def edited(random: Random, words: list[str]) -> list[str]:
    words = list(words)
    for _ in range(random.randint(0, 4)):
        at = random.randint(0, len(words))
        match random.randrange(3):
            case 0:
                words.insert(at, random.choice(LATIN))
            case 1:
                del words[at : at + 1]
            case _:
                words[at : at + 1] = [random.choice(LATIN).upper()]
    return words[: random.randint(1, len(words))] if words and random.random() < 0.2 else words
