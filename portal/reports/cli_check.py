"""`portal report check`: a report in Rosstat's XML against its template."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from reports.rosstat import CheckMessage, check_report
from tenants.errors import InvalidError

if TYPE_CHECKING:
    SubParsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - argparse names the type nowhere else

_LEVELS = {1: "Ошибка", 0: "Предупреждение"}


def add_check(report_subparsers: "SubParsers") -> None:
    """Add `check` to the commands of `portal report`."""
    parser = report_subparsers.add_parser(
        "check",
        help="проверить отчёт в XML Росстата по его шаблону",
        description="Проверяет отчёт независимой программой rosstat-flc. Код выхода 1, если есть ошибки.",
    )
    parser.add_argument("template", type=Path, metavar="TEMPLATE.xml", help="шаблон формы (metaForm)")
    parser.add_argument("report", type=Path, metavar="REPORT.xml", help="отчёт")
    parser.add_argument("--json", action="store_true", help="вывести замечания в JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what the validator says; the exit code is 1, with one line on stderr, if the report has errors.

    Raises:
        InvalidError: a file cannot be read or is something else.

    """
    messages = check_report(_read(arguments.template), _read(arguments.report))
    errors = sum(message.is_error for message in messages)
    sys.stdout.write(_as_json(messages) if arguments.json else _as_text(messages))
    if errors:
        sys.stderr.write(f"portal: отчёт не прошёл проверку: {_counts(errors, len(messages) - errors)}.\n")
        return 1
    return 0


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidError(f"Файл {path} не открывается: {error.strerror or 'причина неизвестна'}.") from error


def _counts(errors: int, warnings: int) -> str:
    return f"ошибок {errors}, предупреждений {warnings}"


def _as_json(messages: list[CheckMessage]) -> str:
    errors = sum(message.is_error for message in messages)
    found = [{"class": message.cls} | {k: v for k, v in asdict(message).items() if k != "cls"} for message in messages]
    whole = {"messages": found, "errors": errors, "warnings": len(messages) - errors}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _as_text(messages: list[CheckMessage]) -> str:
    if not messages:
        return "Замечаний нет.\n"
    lines = [
        f"{_LEVELS.get(message.level, 'Ошибка')} {message.code}. "
        + (f"{message.where}. " if message.where and not message.text.startswith(message.where) else "")
        + message.text
        for message in messages
    ]
    return "\n".join(lines) + "\n"
