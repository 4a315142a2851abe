"""Can a sentence be read out of its paper? Named kinds of sentences that cannot, each with its
example in `tests/test_standing_alone.py`.
"""

from __future__ import annotations

import re
from functools import cache

from litmap.parsing.grammar import ET_AL_WORDS, YEAR
from litmap.parsing.languages import ENGLISH, LANGUAGES_WITH_STOP_WORDS, stop_words_of
from litmap.parsing.phrases import phrases_pattern
from litmap.parsing.terms import has_unspaced
from litmap.parsing.word_lists import load_lines, load_pattern, load_words

_THIS_PAPER = load_pattern("names_of_papers", "litmap.summaries")
_OWN = re.compile(
    rf"^(?:(?:in|with|through) )?(?:this|the present|our) (?:\w+ )?{_THIS_PAPER}\b"
    r"(?! (?:was|had)\b)",
    re.I,
)
_PARTS = load_pattern("parts_of_papers", "litmap.summaries")
_INNER = re.compile(
    rf"\b(?i:{_PARTS})\.?\s*[(\[]?(?:\d|[A-Z]\b|[IVX]+\b|[ivx]+\))"
    r"|\([A-Z]{1,2}\.?\d+(?:\.\d+)*\)|\(\d{1,3}[a-z]?(?:\.\d+)?\)|\(\s*[a-h]\s*\)|§\s*\d"
    r"|\b(?i:abb|tab|kap|gl|fig|рис|табл)\.\s*\d"
)
_ANNOUNCES = re.compile(
    r"\bwe (?:\w+ )?\w+ (?:now|later|next|below)\b"
    r"|^(?:in|throughout|within) th(?:is|e (?:next|following|previous|preceding|last|remaining)) "
    r"(?:(?:sub)?sections?|part|appendix|example|chapter)\b"
    r"|^(?:in order )?to \w+ (?:this|that|it|these|so)\b"
    r"|\bwe (?:conclude|close|end|begin|start|finish) (?!that\b)(?:[\w-]+ ){0,6}?(?:by|with)\b"
    r"|\bwe (?:would like|wish) to (?:\w+ )?thank\b|\bwe (?:\w+ )?thank\b"
    r"|^returning to\b"
    r"|\bare now\b|\bwe (?:(?:must|will|shall|can|may) )?(?:now|next|first|then|also|thus|hence|"
    r"therefore|further|again|similarly|only|will|shall)\b"
    r"|\b(?:key ideas of our|sketch of the|as a warm-?up|organi[sz]ed as|let us|recall that)\b",
    re.I,
)
_DEMONSTRATIVE = re.compile(
    rf"\bthis\b(?! (?:(?:short|new|review|survey|research) )?{_THIS_PAPER}\b"
    r"(?! (?:was|had)\b))(?: (?P<one>\w+))?"
    r"|\bthese\b(?: (?P<many>\w+))?"
    r"|\bthose\b(?! (?:of|who|whose|that|which|with|without|in|from|for|on|obtained|using|under|"
    r"found)\b)"
    r"|\bsuch\b(?! (?:as|that)\b)(?!,)"
    r"|\b(?:in|of|to|for|on|at|by|from|with|under|over|outside) that\b"
    r"(?! (?:of|it|they|we|the|an?|there|in|its|their)\b)(?: (?P<that>\w+))?",
    re.I,
)
_PRONOUN = re.compile(
    r"\b(?:it|its|itself|they|them|their|theirs|he|him|his|she|her|hers|ones)\b", re.I
)
_EXPLETIVE = re.compile(
    r"\bthere (?:is|are|was|were|has been|have been|exists?|remains?)\b"
    r"|\bit (?:(?:is|was|has been|would be|may be|might be|remains|becomes|"
    r"seems|appears|turns out|"
    r"follows)\b(?! (?:\w+ )?(?:close|similar|equal|due|identical|equivalent|related|able|used)\b)"
    r"(?: [\w-]+){0,4} (?:that|to(?! (?:the|an?|our|this|these|each|all)\b)|whether|how|why)\b)",
    re.I,
)
_GENERIC = load_pattern("known_things", "litmap.summaries")
_KNOWN_THING = re.compile(
    rf"^the (?:\w+ ){{0,2}}?{_GENERIC}\b,? (?!(?:of|for|that|which|in|to|with|on|between|"
    r"from|behind|under|at|by|as|whose|where|when|developed|introduced|and|or)\b)"
    r"|^the \w+ (?:is|are|was|were|has|have|had|can|could|may|might|will|would|does|do|did|seems?|"
    r"must|should)\b",
    re.I,
)
_KNOWN_INSIDE = re.compile(
    rf"\bthe {load_pattern('known_things_inside', 'litmap.summaries')}\b"
    r"(?! (?:of|for|that|which|in|to|with|on|between|from|where|when|whether|"
    r"we|at|is|\w+ed|\w+ing)\b)",
    re.I,
)
_NUMBERS = "two|three|four|five|six|seven|eight|nine|ten"
_COUNTED_THINGS = re.compile(
    rf"\bboth (?:of )?(?:\w+ )?{_GENERIC}\b(?! of\b)"
    r"|\b(?:all|each|any|one|some|most|none|either|neither) of the "
    rf"(?:\w+ )?{_GENERIC}\b(?! (?:of|in|for|that|which|with)\b)"
    rf"|\b(?:the|all|these|of) (?:{_NUMBERS}) (?:\w+ )?{_GENERIC}\b(?! of\b)",
    re.I,
)
_OF_ANOTHER_STEP = re.compile(
    r"^.{0,40}\bthe (?:resulting|corresponding|analogous|respective|modified|new|same|final)\b",
    re.I,
)
"""Something made or met in the sentence before: 'We use the resulting patches'."""
_BARE_COMPARISON = re.compile(
    r"\b(?:worse|better|faster|slower|higher|lower|larger|smaller|more|less|earlier|later)\W*$"
    r"|\b(?:in|by) contrast\b(?! (?:to|with)\b)"
    r"|\ba (?:\w+ly )?(?:worse|better|weaker|stronger|tighter|simpler|wider|milder|sharper|faster) "
    r"(?!.*\bthan\b)|\bsimilar but\b|\bthe new\b(?! (?:york|zealand|testament|deal)\b)"
    r"|\bthe same (?:\w+ )?(?:rates?|orders?|bounds?|guarantees?|results?|accuracy)\b(?!.*\bas\b)"
    r"|\b(?:similar|analogous|comparable|identical)\b(?!.*\b(?:to|as|across|between|with|for)\b)",
    re.I,
)
_FINITE = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|do|does|did|can|cannot|could|may|might|must|will|"
    r"would|should|shall|we|i|they|it|there|\w+ed|\w+n['’]t)\b",
    re.I,
)
_SYNTACTIC_CITATION = re.compile(
    r"^\W*\[\d"
    r"|\b(?i:in|of|by|from|see|and|to|with|both|following|like|than|as in|cf\.|also|e\.g\.,?|"
    r"paper|work|refs?\.?|references?)\s*\[\d[\d,;–\- ]*\]"
    r"|\[\d[\d,;–\- ]*\]\s*(?:\w+ly )?(?:show|prove|propose|study|studi|use|find|found|introduc|"
    r"consider|present|develop|report|argu|suggest|provid|establish|demonstrat|observ|obtain|"
    r"deriv|describ|have|has|is|are|was|were|did|does|do|and|who|which|for a)"
    r"|\b(?i:in|by|of|from|to|see|following|as) \([A-Z][^()]*\d{4}"
    r"|\bibid\b|\bop\. cit"
    rf"|\b[A-Z][\w’'-]+(?: (?:and|&|und|et|y|e) [A-Z][\w’'-]+| {ET_AL_WORDS}\.?,?)?,? [\[(]{YEAR}"
    rf"|\b{ET_AL_WORDS}\b\.?,? (?![\[(]?{YEAR})"
)
_ENUMERATED = re.compile(
    r"^\W*(?:\d{1,2}|[a-hivx]{1,4}|[A-H])\s*[.):]\s"
    r"|^\W*[•◦‣▪■●○–—*]"
    r"|^\W*\d"
    r"|^[A-Z][\w-]*(?: [\w-]+){0,4}:\s"
    r"|\((?:ii|2|b)\)|\b(?:ii|iii|iv)\)"
)
_RUN_TOGETHER = re.compile(
    r"[a-zß-öø-ÿ)] (?:The|We|In|This|These|It|If|When|However|To|As|An?|Our|By|On|With|From|For|"
    r"There|While|Since|Let|Given|Each|Both|One|Two|Three|Some|Many|Most|All|Several) [a-z]"
    r"|\w (?:We|This|These|However|There) [a-z]"
)
_HEADING_INSIDE = re.compile(
    r"^(?:[A-Z]?[\d.]+ )?(?:abstract|introduction|conclusions?|discussion|results|methods?|"
    r"background|summary|motivation|related work|overview|limitations?|contributions?|objectives?|"
    r"purpose|significance|highlights|keywords|main results?|future work)"
    r"\W{0,3} (?=[A-Z])(?-i:(?=[A-Z]))",
    re.I,
)
_BROKEN = re.compile(
    r"^\W*\("
    r"|[a-zß-öø-ÿ]- (?!(?:and|or|und|oder|bzw|et|y|e|o|i|to|as|but)\b)[a-zß-öø-ÿ]"
    r"|[^\W\d_]{32,}|ȷ|\w-?`[a-z]"
    r"|(?:\b[A-ZÀ-Þ]{2,}\b\W+){4}"
    r"|\s[,;:.)](?=\s)|\(\s*[,;.)]|,\s*[,.;]|\.\.\s*\.|\?\?"
    r"|\b(?:e\.g|i\.e|resp|vs|cf|Fig|Eq|al|no|Sec)\.$"
    r"|[a-zß-öø-ÿ]\.[A-ZÀ-Þ][a-zß-öø-ÿ]|[a-z]{2}[A-Z][a-z]{3,}[A-Z]"
    r"|[?!.][\"”’)]? (?=[A-ZÀ-Þ][a-zß-öø-ÿ]+ )"
)
_P_VALUE = re.compile(r"\b[pPrRd] ?[=<>≤≥] ?[-−]?0?\.\d|\b[nN] ?= ?\d{2}|\b[tF] ?=|\b[CI]I\b")
_LETTERS_BEHIND = load_words("words_before_letters", "litmap.summaries")
_LETTER = re.compile(
    r"(?<![\w.’'\-–])([^\W\d_])(?:(?![\w.’'\-–])|(?=['’]s\b)|(?=\.$)|(?=\.\s[A-Z]))"
    r"|\b(?!Dr\b|Mr\b|Ms\b|St\b|Jr\b|Sr\b)([B-DF-HJ-NP-TV-Z][b-df-hj-np-tv-xz])\b(?!\.)"
)
_SYMBOL = re.compile(
    r"[=<>≤≥≈≪≫∈∆∑∏∫√∞∂∇±×·∥|{}\\^_~⟨⟩¯ˆ˜¨´˙→←↦⊂⊆∪∩∀∃⋆∗†‡\u0370-\u03ff𝐀-𝟿]|\b[^\W\d_]{1,2}\d+\b|\b\d[a-z]\b|\b[^\W\d_]{1,3}\+\d|\b[^\W\d_]{1,2},[a-z]|[a-z]−|"
    r"\b(?!(?:vs|th|nd|rd|st|pp|km|kg|mm|cm|ms|nm|ml|hz|kb|mb|gb)\b)[b-df-hj-np-tv-xz]{2,4}\b|"
    r"\b[A-Z]\(|\b[a-z]\(|\b(?:log|exp|poly|polylog|sup|inf|argmin|argmax) ?\("
)
_MAIN_PRONOUN = re.compile(
    r"^[^,;:]{3,80}, (?:they|he|she|it (?:also|then|can|does|has|gives))\b"
    r"|^\w+(?:ed|en|ing) [^,;:]{2,80}, it\b"
    r"|^(?:we|(?:our )?(?:\w+ ){0,3}(?:results|experiments|findings|analysis)) (?:\w+ )?"
    r"(?:show|find|demonstrate|prove|observe|indicate|suggest|reveal|confirm)\w* that "
    r"(?:they\b|it (?!is|was|has|would|may|might|remains|seems|appears|suffices))",
    re.I,
)
"""A pronoun is the subject: 'Given many tasks, they improve'."""
_OUR = re.compile(r"\b(?:our|we) \w+", re.I)
_PLURAL = frozenset(("they", "them", "their", "theirs"))
_CONTENT = re.compile(r"[^\W\d_]{4,}")


@cache
def _phrases(name: str, language: str, *, begins: bool = False) -> re.Pattern[str] | None:
    """What finds the phrases that a list of this room has for a language; None for none."""
    lines = (line.split(" ", 1) for line in load_lines(name, "litmap.summaries"))
    own = [phrase for code, phrase in lines if code == language]
    return phrases_pattern(own, begins=begins) if own else None


def points_back(text: str, language: str = ENGLISH) -> bool:
    """Does the sentence lean on the one before it: 'However, …', 'The third is …'?"""
    if _OWN.match(text) or _EXPLETIVE.match(text):
        return False
    pattern = _phrases("words_that_point_back", language, begins=True)
    cue = _phrases("cue_phrases", language, begins=True)
    folded = text.casefold().lstrip("\"'“‘(¿¡«„「")
    return bool(pattern and pattern.match(folded)) and not (
        language != ENGLISH and cue and cue.match(folded)
    )


def points_elsewhere(text: str, language: str = ENGLISH) -> bool:
    """Does it speak of what stands elsewhere in the paper: 'the former', 'shown in', 'vgl.'?"""
    pattern = _phrases("words_that_point_elsewhere", language)
    return bool(pattern and pattern.search(text.casefold()))


def points_inside(text: str) -> bool:
    """Does it name a part of the paper by its number: 'Section 3', '(12)', 'Model B'?"""
    return bool(_INNER.search(text))


def announces(text: str) -> bool:
    """Does it tell what the paper does next: 'We now show …', 'In this section …'?"""
    return bool(_ANNOUNCES.search(text))


def has_open_reference(text: str) -> bool:
    """Has it 'this method', 'such networks' or a pronoun whose noun stands elsewhere?"""
    for match in _DEMONSTRATIVE.finditer(text):
        noun = (match["one"] or match["many"] or match["that"] or "").casefold()
        if len(noun) < 4 or noun.rstrip("s") not in text[: match.start()].casefold():
            return True
    return bool(_MAIN_PRONOUN.search(text)) or _pronoun_before_its_noun(text)


def _pronoun_before_its_noun(text: str) -> bool:
    """Whether a pronoun comes before any word that it may stand for: 'When they grow, …'."""
    expletive = {match.start() for match in _EXPLETIVE.finditer(text)}
    for match in _PRONOUN.finditer(text):
        if match.start() not in expletive:
            words = _CONTENT.findall(_OUR.sub(" ", text[: match.start()]).casefold())
            nouns = [w for w in words if w not in stop_words_of(ENGLISH)]
            if match[0].casefold() in _PLURAL:
                return not any(w.endswith("s") for w in nouns)
            return len(nouns) < 2
    return False


def speaks_of_a_known_thing(text: str) -> bool:
    """Is it about things that the reader has just met: 'The bound is', 'both methods', 'the six
    data sets'?
    """
    return bool(
        _KNOWN_THING.match(text) or _KNOWN_INSIDE.search(text) or _COUNTED_THINGS.search(text)
    )


def compares_with_nothing(text: str) -> bool:
    """Is something 'better' or 'similar' without what it is compared with?"""
    return bool(_BARE_COMPARISON.search(text) or _OF_ANOTHER_STEP.match(text))


def has_a_verb(text: str) -> bool:
    """Is it a sentence rather than a heading with a full stop?"""
    return bool(_FINITE.search(text)) or not _verbs().isdisjoint(text.casefold().split())


@cache
def _verbs() -> frozenset[str]:
    """Verbs in the third person by which papers tell what they do."""
    return load_words("verbs_of_papers", "litmap.summaries")


def leans_on_a_citation(text: str) -> bool:
    """Is what it says another's, or a number of the reference list a word of it: 'In [12] …'?"""
    return bool(_SYNTACTIC_CITATION.search(text))


def is_enumerated(text: str) -> bool:
    """Is it an item of a list: '(ii) …', '3. …', 'Step size: …'?"""
    return bool(_ENUMERATED.search(text))


def is_broken(text: str) -> bool:
    """Is it cut off, two sentences in one, or has it lost letters on the way out of the PDF?"""
    return bool(_BROKEN.search(text) or _RUN_TOGETHER.search(text) or _HEADING_INSIDE.match(text))


def has_symbols(text: str, language: str = ENGLISH) -> bool:
    """Has it symbols whose meaning stands elsewhere: 'of order n', 'the matrix W'?"""
    if has_unspaced(text):
        is_latin = language == ENGLISH or language in LANGUAGES_WITH_STOP_WORDS
        return is_latin or len(_SYMBOL.findall(text)) > 1
    rest = _P_VALUE.sub(" ", text)
    own = {w for w in stop_words_of(language) if len(w) == 1} | {"a", "i"}
    if language == ENGLISH:
        own = {"a", "i"}
    for match in _LETTER.finditer(rest):
        before = rest[: match.start()].split()
        is_named = bool(before) and before[-1].casefold() in _LETTERS_BEHIND
        if match[0].casefold() not in own and not is_named:
            return True
    return bool(_SYMBOL.search(rest))


def needs_no_neighbour(text: str, language: str = ENGLISH) -> bool:
    """Can it be read without the sentences around it, by one who has the paper's page before
    him?
    """
    return not (points_back(text, language) or points_inside(text) or announces(text))


def stands_alone(text: str, language: str = ENGLISH) -> bool:
    """Can the sentence be read out of its paper?"""
    return not (
        not needs_no_neighbour(text, language)
        or points_elsewhere(text, language)
        or leans_on_a_citation(text)
        or is_enumerated(text)
        or is_broken(text)
        or has_symbols(text, language)
        or (language == ENGLISH and _leans_in_english(text))
    )


def _leans_in_english(text: str) -> bool:
    return (
        has_open_reference(text)
        or speaks_of_a_known_thing(text)
        or compares_with_nothing(text)
        or not has_a_verb(text)
    )
