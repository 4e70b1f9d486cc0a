"""Codes of organizations: read from a name, spelled in Latin letters, as they stand in addresses."""

import re
from collections.abc import Container

CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
_LONGEST = 40
_LATIN = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "y",
        "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
        "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu",
        "я": "ya",
    }
)  # fmt: skip


def code_of_name(name: str) -> str:
    """Return a code proposed for a short name: «СОШ № 12» → sosh-12; empty where nothing of it can be spelled."""
    code = re.sub(r"[^a-z0-9]+", "-", name.lower().translate(_LATIN)).strip("-")[:_LONGEST].strip("-")
    return code if CODE.fullmatch(code) else ""


def proposals(name: str, parent_code: str) -> list[str]:
    """Return codes for a name, the shortest first: schools of one name stand in many districts."""
    code = code_of_name(name) or "org"
    tail = f"-{parent_code}"
    longer = f"{code[: _LONGEST - len(tail)].strip('-')}{tail}" if len(tail) < _LONGEST - 1 else code
    return [code, longer, *(f"{longer[: _LONGEST - 3]}-{n}" for n in range(2, 10))]


def free_code(name: str, parent_code: str, taken: Container[str]) -> str:
    """Return the first proposal that nobody has; empty where all are taken."""
    return next((code for code in proposals(name, parent_code) if CODE.fullmatch(code) and code not in taken), "")
