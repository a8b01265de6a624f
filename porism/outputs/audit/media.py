"""What a model of text cannot see: pages behind an address, pictures, sounds; and what it cannot draw."""

import re
from collections.abc import Iterator

from porism.outputs.audit.finding import Finding, Severity
from porism.outputs.audit.text import folded, quoted
from porism.outputs.sources import Item

_URL = r"(?:https?://\S+|www\.[\w-]+\.\S+)"
_ONLY_URLS = re.compile(
    rf"\s*(?:(?:url|link|article|source|website|video|page)s?\s*:\s*)?[<(\"]?{_URL}(?:[\s,;]+{_URL})*\s*", re.I
)
_ROOT = re.compile(r"\s*(?:https?://)?(?:www\.)?[\w-]+(?:\.[\w-]+){1,2}/?\s*", re.I)
# Tasks about an address itself; a task that also speaks of what lies behind it is not one.
_ADDRESS = re.compile(
    r"\b(?:domain|protocol|host ?name|shorten\w*|parse|encode\w*|decode\w*|valid\w*|html|anchor|regex|quer(?:y|ies)|"
    r"parameters?|extension|top-level|encrypt\w*|format|hyperlink|sub-?domain|path|secure|scheme|embed|iframe|tag|"
    r"qr code|href|curl|request|scrap\w+|python|code|script|function|program|command|download)\b",
    re.I,
)
_MEDIUM = (
    "images?|pictures?|photos?|photographs?|pics?|videos?|clips?|audios?|recordings?|screenshots?|drawings?|"
    "illustrations?|paintings?|portraits?|sketch(?:es)?"
)
_FIGURE = f"{_MEDIUM}|charts?|graphs?|diagrams?|maps?|figures?|songs?|melod(?:y|ies)|logos?|posters?|attachments?"
_SLOT = re.compile(rf"[\[(<{{][^\])>}}=/\n]{{0,60}}\b(?:{_FIGURE}|file|pdf)\b[^\])>}}=/\n]{{0,60}}[\])>}}]", re.I)
_ATTACHED = re.compile(
    r"\b(?:attached|attachment|insert|here|below|upload\w*|see|provided|link to|of an?|of the)\b", re.I
)
_FILE = re.compile(
    r"\s*(?:!\[[^\]\n]*\]\()?[\w./\\:-]{1,200}\.(?:jpe?g|png|gif|bmp|tiff?|webp|heic|mp[34]|wav|ogg|avi|mov|mkv|"
    r"flac)\)?\s*",
    re.I,
)
_ABOUT_FILES = re.compile(r"\b(?:file ?names?|extension|rename|file type|format|path|html|markdown|tag|code)\b", re.I)
_SHOWN = re.compile(
    rf"\b(?:this|these|attached|following|given|provided|below|"
    rf"uploaded) (?:\w+ ){{0,2}}(?:{_MEDIUM})\b(?! of (?:words|thought))|"
    rf"\b(?:in|from|of|at|to) the (?:{_MEDIUM})(?=[?.!]|$)|\b(?:the|an?) (?:\w+ )?(?:{_FIGURE}) (?:below|above|"
    rf"attached|provided|given)\b|"
    rf"\b(?:attached|following|this|given) (?:\w+ )?(?:{_FIGURE})(?=[?.!:,]|$| (?:and|to|for|by|in|with|is|are)\b)",
    re.I,
)
_DRAW = re.compile(
    r"^(?:please |can you |could you )*(?:draw|sketch|paint|doodle|photograph|film) (?:me )?(?:an?|the|some|two|"
    r"three|your|my|and)\b"
    r"(?! (?:\w+ ){0,2}(?:conclusions?|comparisons?|parallels?|distinctions?|inferences?|lines?|lots?|contrasts?|"
    r"connections?|"
    r"analog(?:y|ies)|contract|plan|plans|table|contracts)\b)|"
    r"^(?:please )?plot (?:an?|the|this|these) (?:\w+ ){0,3}(?:graphs?|charts?|functions?|lines?|points?|data|"
    r"curves?|equations?|histograms?)\b",
    re.I,
)
_MADE = (
    "logos?|images?|pictures?|photos?|photographs?|drawings?|illustrations?|infographics?|posters?|flyers?|"
    "animations?|charts?|"
    "graphs?|diagrams?|flow ?charts?|mind ?maps?|memes?|gifs?|collages?|paintings?|sketch(?:es)?|mock-?ups?|"
    "wireframes?|"
    "cartoons?|videos?|wallpapers?|icons?|banners?"
)
_MAKE = re.compile(
    r"^(?:please |can you |could you )*(?:design|create|make|generate|produce|build|render|construct|"
    r"develop) (?:me )?(?:an? |the |some |two |three )?"
    rf"(?:[\w-]+ ){{0,3}}?(?:{_MADE})(?=[.?!,]|$| (?:for|of|that|with|showing|to|depicting|about|representing|which|"
    rf"illustrating|"
    r"displaying|comparing|explaining|describing|based|featuring|on)\b)(?! of accounts)",
    re.I,
)
# What is written, not drawn.
_WRITTEN = re.compile(
    r"\b(?:ascii|html|css|svg|python|matplotlib|code|tikz|mermaid|latex|javascript|r script|script|describe|"
    r"description|caption|ideas?|"
    r"concepts?|titles?|slogans?|taglines?|text|words|prompt|program|function|database|markdown|names?|story ?board|"
    r"emoji|react|java|"
    r"android|class|component|command|matlab|ggplot2?|excel|turtle)\b",
    re.I,
)
_IS_CODE = re.compile(
    r"```|<svg|\bimport \w|\bdef \w+\(|#include|</\w+>|\bfunction \w*\(|plt\.|^\s*[|/\\_+-]{2,}", re.M
)


def urls(item: Item) -> Iterator[Finding]:
    """An input that is nothing but addresses, where the task is about what lies behind them."""
    given = item.input
    if not ("http" in given or "www." in given or "HTTP" in given) or not _ONLY_URLS.fullmatch(given[:2000]):
        return
    if _ADDRESS.search(item.instruction):
        return
    root = _ROOT.fullmatch(given)
    severity: Severity = "info" if root else "warning"
    remark = "only a site" if root else "only an address"
    yield Finding(item.name, "url-input", severity, f"the input is {remark}: {quoted(given)}")


def unseen(item: Item) -> Iterator[Finding]:
    """A picture or sound that is spoken of and not there, or one that is to be made."""
    reason = _missing(item)
    if reason:
        yield Finding(item.name, "media", "warning", reason)
    elif (_DRAW.search(item.instruction) or _MAKE.search(item.instruction)) and not (
        _WRITTEN.search(item.instruction) or _IS_CODE.search(item.output[:2000])
    ):
        yield Finding(item.name, "media", "info", f"asks for what is no text: {quoted(item.instruction)}")


def _missing(item: Item) -> str | None:
    given = item.input.strip()
    if given and len(given) <= 2000:
        slot = _SLOT.search(given)
        if slot and _stands_alone(given, slot):
            return f"the input stands for what is not there: {quoted(slot.group())}"
        if _FILE.fullmatch(given) and not _ABOUT_FILES.search(item.instruction):
            return f"the input is the name of a file: {quoted(given)}"
    if not given or len(folded(given).split()) < 2:
        shown = _SHOWN.search(item.instruction)
        if shown and not _ONLY_URLS.fullmatch(given):
            return f"speaks of {quoted(shown.group())}, and there is none"
    return None


def _stands_alone(given: str, slot: "re.Match[str]") -> bool:
    """Whether brackets are the input, or say in a short one that something is attached."""
    rest = given[: slot.start()] + given[slot.end() :]
    return len(rest.split()) < 3 or (
        slot.group()[0] == "[" and len(rest.split()) < 15 and bool(_ATTACHED.search(slot.group()))
    )
