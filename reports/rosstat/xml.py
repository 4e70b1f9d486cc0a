"""Reads XML that came from outside: no document types, no entities, no network, bounded size."""

from lxml import etree

from tenants.errors import InvalidError

MAX_BYTES = 10_000_000


def read_xml(data: bytes, *, root: str, what: str) -> etree._Element:
    """Return the root element; `what` names the document in messages ("шаблон", "отчёт").

    Raises:
        InvalidError: too large, not well-formed, with a document type, or another document than expected.

    """
    if not data.strip():
        raise InvalidError(f"Файл пуст: {what} в нём не найден.")
    if len(data) > MAX_BYTES:
        raise InvalidError(f"Файл больше {MAX_BYTES // 1_000_000} МБ, {what} таким не бывает.")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        remove_blank_text=True,
    )
    try:
        found = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InvalidError(f"Файл не читается как XML: {what} повреждён или это другой файл.") from error
    if found.getroottree().docinfo.doctype:  # type: ignore[union-attr]  # a parsed document always has its docinfo
        raise InvalidError(f"В файле есть объявление DOCTYPE, {what} Росстата таким не бывает.")
    if found.tag != root:
        raise InvalidError(f"Это не {what} Росстата: корневой элемент «{str(found.tag)[:60]}», а нужен «{root}».")
    return found
