"""Which language a text is in, where that is certain: by its script, and by its words where it is long enough."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache, partial
from typing import Any

import regex

from porism.errors import InputError
from porism.outputs.audit.finding import Finding, OneCheck
from porism.outputs.sources import Item

LETTERS = 12  # of a text whose script is told
LONG = 50  # letters of a text whose language is told by its words
SURE = 0.99  # how probable a language must be
PART = 500  # characters that are looked at
_SCRIPTS = (
    "Latin", "Cyrillic", "Greek", "Arabic", "Hebrew", "Devanagari", "Bengali", "Tamil", "Telugu", "Thai", "Hangul",
    "Han", "Kana", "Armenian", "Georgian", "Gujarati", "Gurmukhi", "Kannada", "Malayalam", "Khmer", "Lao", "Ethiopic",
)  # fmt: skip
_SCRIPT = {
    name: regex.compile(r"[\p{Hiragana}\p{Katakana}]" if name == "Kana" else rf"\p{{Script={name}}}")
    for name in _SCRIPTS
}
# Languages that are told from one another; py3langid knows more, and confuses a name or a list with the rare ones.
_LATIN_ONES = "en de fr es it pt nl sv da no fi pl cs sk hu ro tr vi id ca hr sl et lv lt"
_OTHER_ONES = "bg ru uk el ar he fa hi bn ta te th ko ja zh"
_KNOWN = f"{_LATIN_ONES} {_OTHER_ONES}".split()
_SMALL_WORDS = (
    "the of and to in is it that for you with on as are this be by at from or have an not was they we can will your "
    "has but its which their what all were when there been if more would about who do other some i my he she his "
    "her how our"
)
_ENGLISH = frozenset(_SMALL_WORDS.split())
_VERBS = (
    "describe explain give list name write create generate find identify summarize summarise rewrite suggest compare "
    "tell what why how who when where which provide make design calculate classify"
)
_ASKING = frozenset(_VERBS.split())
_SPEAKS_OF_LANGUAGE = re.compile(
    r"translat|language|tradu|übersetz|uebersetz|auf (?:englisch|deutsch|französisch)|перев[её]д|по-английски|翻译|"
    r"翻譯|翻訳|訳し|"
    r"번역|영어|英语|英語|英文|中文|日语|ترجم|تُرجم|הרג|תרגם|अनुवाद|แปล|dịch|vertaal|vertaling|przet[łl]umacz|oversæt|översätt|"
    r"oversett|çevir|terjemah|"
    r"fordít|prelož|přelož|μετάφρασ|μετέφρασ|pronunc|pronounce|alphabet|script|letters|kanji|hiragana|characters|"
    r"anthem|lyrics|song|"
    r"prayer|proverb|greet|phrase|quote|\bsay\b|sentence in|write in|speak|accent|dialect|latin\b|lorem|"
    r"idiom|word for|"
    r"\b(?:english|french|german|spanish|italian|portuguese|dutch|swedish|danish|norwegian|finnish|polish|czech|"
    r"slovak|hungarian|"
    r"romanian|bulgarian|russian|ukrainian|greek|turkish|arabic|hebrew|persian|farsi|hindi|bengali|tamil|telugu|thai|"
    r"korean|"
    r"japanese|chinese|mandarin|cantonese|vietnamese|indonesian|malay|catalan|croatian|serbian|slovenian|swahili|"
    r"welsh|irish|"
    r"gaelic|icelandic|esperanto|urdu|punjabi|tagalog|filipino|afrikaans|sanskrit|yiddish|hawaiian|"
    r"englisch\w*|deutsch\w*|französisch\w*|spanisch\w*|anglais\w*|français\w*|allemand\w*|espagnol\w*|inglés|"
    r"español|alemán|francés|"
    r"inglese|italiano|inglês|português|engels|nederlands|angielski\w*|polsk\w*|engelsk\w*|svensk\w*)\b|английск|"
    r"русск|немецк|французск",
    re.I,
)
_SYMBOLS = re.compile(r"[{}<>=\\|;]|https?://|\d")


def mixed(item: Item, wanted: str | None = None) -> Iterator[Finding]:
    """An output in another language than instruction and input, where no other was asked for.

    Args:
        item: what is looked at.
        wanted: a language code such as ``en``; then texts in another one are found as well.
    """
    said, asked = item.output[:PART], item.instruction[:PART]
    plain = said.isascii() and asked.isascii() and _is_english(said) and _is_english(asked)
    if plain and wanted in (None, "en"):
        return
    if wanted and (reason := _unwanted(item, wanted)):
        yield Finding(item.name, "language", "warning", reason)
        return
    reason = _script_differs(item, said) or _words_differ(item, said)
    if reason and not _SPEAKS_OF_LANGUAGE.search(f"{item.instruction[:PART]} {item.input[:300]}"):
        yield Finding(item.name, "language", "warning", reason)


def check(wanted: str | None) -> OneCheck:
    """The check for sets that should be in one language (``wanted``), or in any.

    Raises:
        InputError: no such language can be told.
    """
    if wanted is not None and wanted not in _KNOWN:
        raise InputError(f"--language is {wanted!r}; languages that can be told are {', '.join(sorted(_KNOWN))}")
    return partial(mixed, wanted=wanted)


def script(text: str) -> str | None:
    """The script that at least four of five letters belong to; Japanese is Kana even where most of it is Han.

    >>> script("Обычно на завтрак мы едим кашу"), script("毎日少しずつ練習することが大切です")
    ('Cyrillic', 'Kana')
    """
    if text.isascii():
        return "Latin" if sum(map(str.isalpha, text)) >= LETTERS else None
    latin, letters = len(_SCRIPT["Latin"].findall(text)), sum(map(str.isalpha, text))
    if latin >= LETTERS and 5 * latin >= 4 * letters:
        return "Latin"
    counts = Counter({name: len(pattern.findall(text)) for name, pattern in _SCRIPT.items()})
    total = counts.total()
    if counts["Kana"]:
        counts["Kana"] += counts.pop("Han")
    name, most = counts.most_common(1)[0]
    dense = 4 if name in ("Han", "Kana", "Hangul") else LETTERS
    return name if total >= dense and 5 * most >= 4 * total else None


def language(text: str) -> str | None:
    """The language of a text that is long enough and clearly in one, as a code of two letters.

    >>> language("Das Licht der Sonne besteht aus vielen Farben, und in der Luft wird blaues stärker gestreut.")
    'de'
    >>> language("Rosa, Ida, Tom")
    """
    text = text[:PART]
    letters = sum(map(str.isalpha, text))
    if letters < LONG or len(_SYMBOLS.findall(text)) * 12 > letters:
        return None
    code, probability = _identifier().classify(text)
    return str(code) if probability >= SURE else None


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    found = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    found.set_languages(_KNOWN)
    return found


def _is_english(text: str) -> bool:
    """Whether a text has the small words of English, or is too short to have them."""
    words = text.lower().split()
    if len(words) < 8:
        return True
    return sum(word in _ENGLISH for word in words) * 12 >= len(words)


def _script_differs(item: Item, said: str) -> str | None:
    ours, theirs = script(said), script(item.instruction[:PART])
    if not ours or not theirs or ours == theirs or {ours, theirs} == {"Han", "Kana"}:
        return None
    if ours == "Latin" and (len(said.split()) < 8 or _SYMBOLS.search(said)):
        return None  # names and code are in Latin letters everywhere
    if _SCRIPT[ours].search(item.input[:PART]) or (ours != "Latin" and _SCRIPT[ours].search(item.instruction)):
        return None
    return f"the instruction is in {_named(theirs)} letters, the output in {_named(ours)} ones"


def _named(script: str) -> str:
    return "Japanese" if script == "Kana" else "Chinese" if script == "Han" else script


def _words_differ(item: Item, said: str) -> str | None:
    """Whether the words are of another language than the instruction's and the input's."""
    if _is_english(said) and _is_english(item.instruction[:PART]) and item.instruction[:PART].isascii():
        return None
    ours = language(said)
    if ours is None or (ours != "en" and _is_english(said) and len(said.split()) >= 8):
        return None
    theirs = _instruction_language(item.instruction)
    if theirs is None or theirs == ours or (item.input and language(item.input) in (ours, None)):
        return None
    if {ours, theirs} in ({"no", "da"}, {"cs", "sk"}, {"hr", "sl"}, {"bg", "ru"}, {"ru", "uk"}, {"es", "ca"}):
        return None
    return f"the instruction is in {theirs!r}, the output in {ours!r}"


def _instruction_language(text: str) -> str | None:
    """The language of an instruction, which is short: English by its words, any other one by the model."""
    text = text[:PART]
    words = text.lower().split()
    if text.isascii() and sum(word.strip("?.,!") in _ENGLISH for word in words) * 6 >= len(words):
        return "en"
    if text.isascii() and len(words) >= 4 and words[0] in _ASKING:
        return "en"
    if sum(map(str.isalpha, text)) < 20:
        return None
    code, probability = _identifier().classify(text[:PART])
    return str(code) if probability >= (0.9 if not text.isascii() else SURE) else None


def _unwanted(item: Item, wanted: str) -> str | None:
    """The first text that is not in the language that the set should be in."""
    for column, text in (("instruction", item.instruction), ("output", item.output)):
        if column == "output" and _SPEAKS_OF_LANGUAGE.search(item.instruction):
            continue
        if wanted == "en" and text.isascii() and _is_english(text[:PART]):
            continue
        found = _foreign_script(text[:PART], wanted) or _other(text, wanted)
        if found:
            return f"the {column} is in {found}, and {wanted!r} is wanted"
    return None


def _other(text: str, wanted: str) -> str | None:
    found = language(text)
    return repr(found) if found and found != wanted else None


_LATIN = frozenset(_LATIN_ONES.split())
_OF = {
    **dict.fromkeys(("ru", "uk", "bg"), "Cyrillic"),
    **dict.fromkeys(("ar", "fa"), "Arabic"),
    **{"el": "Greek", "he": "Hebrew", "hi": "Devanagari", "bn": "Bengali", "ta": "Tamil", "te": "Telugu"},
    **{"th": "Thai", "ko": "Hangul", "ja": "Kana", "zh": "Han"},
}


def _foreign_script(text: str, wanted: str) -> str | None:
    """The script of a text, where the wanted language is not written in it."""
    found = script(text)
    own = "Latin" if wanted in _LATIN else _OF[wanted]
    if found in (None, own, "Latin") or {found, own} == {"Han", "Kana"}:
        return None  # names and code are in Latin letters everywhere; longer texts are told by their words
    return f"{_named(str(found))} letters"
