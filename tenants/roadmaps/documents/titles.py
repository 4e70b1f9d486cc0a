"""What stands around the table: title, organisation, year, approval."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import pymorphy3

from tenants.roadmaps import phrases
from tenants.roadmaps.documents.outline import names_a_part, split_number
from tenants.roadmaps.documents.reading import Approval

TITLE = re.compile(
    r"дорожн\w+\s+карт|план\w*[\s-]+(?:мероприят|работ|внедрен|реализац|действи|график|основн)|комплекс\w*\s+мер|план-график"
    r"|программ\w+\s+мероприят|календарн\w+\s+план|перспективн\w+\s+план|\bплан\b",
    re.IGNORECASE,
)
APPROVED = re.compile(r"\W*(?:утвержд|согласован|принят[оаы]?\b|рассмотрен)", re.IGNORECASE)
NOT_TITLE = re.compile(r"\W*(?:цел[ьи]\b|задач[аи]\b|ответственн|основани|примечани|исполнител)", re.IGNORECASE)
YEARS = re.compile(
    r"(?:19|20)\d\d\s*[-–—/\\]\s*(?:20)?\d\d(?:-\w{1,3})?(?!\d)(?:\s*(?:уч\w*\.?\s*(?:год\w*|г\b\.?)?|год\w*|гг?\b\.?))?"
    r"|(?:19|20)\d\d(?!\d)(?:\s*(?:год\w*|гг?\b\.?))?",
    re.IGNORECASE,
)
DAYS = re.compile(
    r"\b\d{1,2}\.\d{1,2}\.20\d\d\s*(?:г\w*\.?)?\s*(?:по|до|[-–—])\s*\d{1,2}\.\d{1,2}\.20\d\d(?:\s*г\w*\.?)?"
)
SHORT_FORM = re.compile(
    r"\b(?:[МГКФЧ]?[БАКГ]{0,2}(?:О|ДО|НО|ПО|ПОБ|ОБ)?У|К[ОГ]\w{2,7}У|МОУ|ГОУ|МКОУ|НОУ|ЧОУ)\b[^,;.\n]*?"
    r"(?:«[^»\n]+»|\"[^\"\n]+\"|№\s?\d+|гимнази\w+\s*№?\s?\d*|лице\w+\s*№?\s?\d*)"
)
FULL_FORM = re.compile(
    r"учреждени|колледж|техникум|гимнази|лицей|школа\b|управление образовани|отдел образовани"
    r"|комитет\w* (?:по )?образовани|министерств|департамент|институт развити",
    re.IGNORECASE,
)
TERRITORY = re.compile(
    r"([А-ЯЁ][а-яё-]+(?:ого|ском|ском|ой|ем|ом))\s+(муниципальн\w+\s+)?(район\w*|округ\w*|област\w*|кра[йяе]\w*)"
)
ACTS = {
    "приказ": "приказ",
    "распоряж": "распоряжение",
    "постановл": "постановление",
    "решени": "решение",
    "протокол": "протокол",
}
MOST_LINES = 7
LONG = 600


def title_lines(lines: Sequence[str]) -> list[str]:
    """Return the lines of the title: from the one that names a plan to a gap, a list or a goal."""
    near = [" ".join(line.split()) for line in lines]
    starts = [index for index, line in enumerate(near) if _names_plan(line)]
    if not starts:
        return []
    begin = starts[-1]
    while begin - 1 in starts:
        begin -= 1
    found: list[str] = []
    for line in near[begin : begin + MOST_LINES]:
        if found and _ends_title(line):
            break
        if line:
            found.append(line)
    return found


def _names_plan(line: str) -> bool:
    return bool(TITLE.search(line)) and len(line) < LONG and not APPROVED.match(line)


def _ends_title(line: str) -> bool:
    labelled = re.match(r"\W*[А-ЯЁ][\w ]{2,40}:", line)
    other = NOT_TITLE.match(line) or APPROVED.match(line) or names_a_part(line)
    return not line or bool(labelled) or len(line) > LONG or bool(other)


def title_of(lines: Sequence[str]) -> str | None:
    """Return the title on one line, without an outline number; None where no line names a plan."""
    found = title_lines(lines)
    if not found:
        return None
    rest = [" ".join(line.split()) for line in lines]
    after = rest.index(found[-1]) + 1
    while after < len(rest) and not rest[after]:
        after += 1
    if (
        after < len(rest)
        and re.match(r"(?:на|внедрен|реализац|по|в|для)\w*\b", rest[after])
        and not _ends_title(rest[after])
    ):
        found.append(rest[after])
    return split_number(" ".join(found))[1]


def heading_of(lines: Sequence[str]) -> str | None:
    """Return the heading of a table: the title if it stands right above, else the last line."""
    near = [" ".join(line.split()) for line in lines]
    while near and not near[-1]:
        near.pop()
    if not near or len(near[-1]) > LONG:
        return None
    found = title_lines(near)
    return " ".join(found) if near[-1] in found else near[-1]


def years_in(text: str | None) -> str | None:
    """Return the year or the years a text names, as written; a period from day to day counts as well."""
    days = DAYS.search(text or "")
    if days:
        return " ".join(days[0].split())
    found: list[re.Match[str]] = [match for match in YEARS.finditer(text or "") if _is_year(match, text or "")]
    if not found:
        return None
    pairs = [match for match in found if re.search(r"[-–—/\\]", match[0])]
    meant = [
        match for match in found if re.search(r"\bна\s+(?:период\s+)?$", (text or "")[: match.start()], re.IGNORECASE)
    ]
    best = (pairs or meant or found)[-1]
    if not pairs and not meant and len({match[0][:4] for match in found}) > 1:
        return " ".join((text or "")[found[0].start() : found[-1].end()].split())
    return " ".join(best[0].split()).rstrip(" -–")


def years_of_period(lines: Sequence[str]) -> str | None:
    """Return the years of a line such as «Период: сентябрь 2026 г. – май 2027 г.»."""
    for line in lines:
        found = re.match(r"\W*(?:период|срок|год)\w*.{0,80}?(20\d\d\b.{0,40}\b20\d\d\b|20\d\d\b)", line, re.IGNORECASE)
        if found:
            return found[1]
    return None


def _is_year(match: re.Match[str], text: str) -> bool:
    """Tell a year from a number of an act or the year of a date."""
    before = text[max(0, match.start() - 12) : match.start()]
    return not re.search(r"[\d.№]\s*$|\bот\s+\d+\s+\w+\s+$", before)


def organisation_of(lines: Sequence[str], title: str | None, approval: Approval | None) -> str | None:
    """Return whose plan it is: from the lines above the title, the title, the approval block, in this order."""
    near = [" ".join(line.split()) for line in lines if line.strip()]
    block = set(_approval_lines(near)[1])
    block.update(line for line in near if APPROVED.match(line))
    above: list[str] = []
    for line in near:
        if title and (line in title or TITLE.search(line)):
            break
        if line not in block and len(line) < LONG / 2:
            above.append(line)
    named = [index for index, line in enumerate(above) if FULL_FORM.search(line) or SHORT_FORM.search(line)]
    if named:
        end = named[-1] + 1
        while end < len(above) and above[end][:1] in '«"(':
            end += 1
        return " ".join(above[named[0] : end])
    found = SHORT_FORM.search(title or "")
    if found:
        return found[0]
    return (_signed_for(approval) if approval else None) or territory_in(" ".join([title or "", *near]))


def _signed_for(approval: Approval) -> str | None:
    """Return whose head approves the plan."""
    found = SHORT_FORM.search(approval.raw)
    return approval.issuer or (found[0] if found else None)


def territory_in(text: str) -> str | None:
    """Return a district or region named in a text, in the nominative."""
    found = TERRITORY.search(text)
    if not found:
        return None
    words = [
        _nominative(word, "masc" if found[3].startswith(("район", "округ", "кра")) else "femn")
        for word in found[0].split()
    ]
    return " ".join([words[0].capitalize(), *words[1:]])


@cache
def _analyzer() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer()


def _nominative(word: str, gender: str | None = None) -> str:
    for parse in _analyzer().parse(word):
        if parse.tag.POS in ("NOUN", "ADJF"):
            grammemes = {"nomn", "sing"} | ({gender} if gender and parse.tag.POS == "ADJF" else set())
            inflected = parse.inflect(grammemes)
            if inflected:
                return str(inflected.word)
    return word


def _approval_lines(lines: Sequence[str]) -> tuple[int, list[str]]:
    starts = [index for index, line in enumerate(lines) if APPROVED.match(line)]
    final = [index for index in starts if re.match(r"\W*утвержд", lines[index], re.IGNORECASE)]
    for index, line in enumerate(lines):
        if index in (final or starts):
            block = [line]
            for following in lines[index + 1 : index + MOST_LINES]:
                if TITLE.search(following) or FULL_FORM.match(following):
                    break
                block.append(following)
                if re.search(r"№|\b20\d\d", following):
                    break
            return index, block
    return -1, []


def approval_of(lines: Sequence[str]) -> Approval | None:
    """Return the approval block among the lines above a table, None where there is none."""
    near = [" ".join(line.split()) for line in lines if line.strip()]
    _, block = _approval_lines(near)
    if not block:
        return None
    raw = " ".join(block)
    form = re.findall(r"\w+", raw)[0].capitalize()
    act = next((name for stem, name in ACTS.items() if re.search(rf"\b{stem}", raw, re.IGNORECASE)), None)
    rest = re.split(r"\s(?=от\s[\d_«\"]|№)", raw)
    named, issuer = SHORT_FORM.search(raw), _issuer(rest[0], act)
    if named and issuer and named[0].startswith(issuer):
        issuer = named[0]
    bare = raw.replace(named[0], "") if named else raw
    return Approval(raw, form, act, issuer, _date(raw), _act_number(bare))


def _issuer(text: str, act: str | None) -> str | None:
    stem = next((stem for stem, name in ACTS.items() if name == act), None)
    found = re.search(rf"\b{stem}\w*\s+(.+)", text, re.IGNORECASE) if stem else None
    if not found:
        return None
    words = found[1].split()
    for index, word in enumerate(words):
        tags = {parse.tag.POS for parse in _analyzer().parse(word)[:1]}
        if not word.isalpha() or not word.islower():
            break
        words[index] = _nominative(word)
        if "NOUN" in tags:
            break
    return " ".join(words)


def _date(raw: str) -> str | None:
    found = re.search(r"(?:от\s+)?[«\"]?(\d{1,2})[»\"]?[\s.]+(\d{1,2}|[а-яё]{3,8})[\s.]+(20\d\d)", raw, re.IGNORECASE)
    if not found:
        return None
    sign = "." if found[2].isdigit() else " "
    reading = phrases.read(sign.join(found.groups()))
    return reading.start


def _act_number(raw: str) -> str | None:
    found = re.search(r"№\s*([\w/.-]*\d[\w/.-]*)", raw)
    return found[1].rstrip(".") if found else None
