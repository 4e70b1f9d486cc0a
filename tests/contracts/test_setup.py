"""The repository's own rules about its files: locks, addresses, reasons, sizes."""

import ast
import io
import re
import subprocess
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ROOT / "deploy" / "locks"
THIRD_PARTY = {".ttf", ".otf", ".woff", ".woff2", ".whl", ".jar", ".so", ".min.js", ".min.css"}
LARGEST_BYTES = 1_000_000
LONGEST_FILE = 400
ORDINARY_PARENTS = {"/", "/tmp", "/home", "/root", "/srv", "/opt", "/var", "/app"}  # noqa: S108 - names to leave out, nothing is written there
PACKAGES = {"portal", "reports", "tenants"}
ONLY_LAZY = {"weasyprint"}
"""Importing it needs libraries of the system that a machine without PDF does not have."""


def tracked(*suffixes: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file() and (not suffixes or path.suffix in suffixes)]


def named(path: Path, line: int | None = None) -> str:
    return f"{path.relative_to(ROOT)}" + (f":{line}" if line else "")


def locked(name: str) -> dict[str, str]:
    found = re.findall(
        r"^([a-z0-9][a-z0-9._-]*)==(\S+)", (LOCKS / name).read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    return dict(found)


@pytest.mark.parametrize("name", ["runtime.lock", "dev.lock", "tools.lock"])
def test_a_lock_holds_versions_and_hashes_and_no_address(name: str) -> None:
    text = (LOCKS / name).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", text)

    assert "://" not in text
    assert "index-url" not in text
    assert [entry for entry in entries if "==" not in entry.split("\n")[0] or "--hash=sha256:" not in entry] == []


def test_the_front_ends_lock_holds_no_address_of_a_registry() -> None:
    locks = [path for path in tracked() if path.name == "package-lock.json"]

    assert locks
    assert [named(path) for path in locks if "://" in re.sub(r'"url": "[^"]*"', "", path.read_text("utf-8"))] == []
    assert [named(path) for path in locks if '"resolved"' in path.read_text("utf-8")] == []


def test_npm_writes_no_address_into_a_lock() -> None:
    settings = [path for path in tracked() if path.name == ".npmrc"]

    assert ROOT / ".npmrc" in settings
    # npm reads the settings beside package.json and not those of the repository's root.
    assert {path.parent for path in tracked() if path.name == "package.json"} <= {path.parent for path in settings}
    lines = [path.read_text("utf-8").splitlines() for path in settings]
    assert all("omit-lockfile-registry-resolved=true" in found for found in lines)
    assert all(not line.startswith(("registry", "//", "_auth")) for found in lines for line in found)


def test_the_locks_hold_every_dependency_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]

    def names(requirements: list[str]) -> set[str]:
        return {re.split(r"[\s\[<>=!~;]", one)[0].lower().replace("_", "-") for one in requirements}

    assert names(project["dependencies"]) | names(extras["build"]) <= set(locked("runtime.lock"))
    assert names(extras["test"]) <= set(locked("dev.lock"))


def test_tests_run_on_the_versions_that_are_delivered() -> None:
    assert locked("runtime.lock").items() <= locked("dev.lock").items()


def test_no_file_names_the_machine_it_was_written_on() -> None:
    own = {str(ROOT), str(ROOT.parent), str(Path.home())} - ORDINARY_PARENTS
    private = re.compile(
        "|".join(
            [
                *(rf"(?<![\w.-]){re.escape(one)}(?![\w.-])" for one in sorted(own)),
                r"/home/\w+/",
                r"/Users/\w+/",
                r"C:\\Users\\\w",
            ]
        )
    )
    found = []
    for path in tracked():
        text = path.read_bytes().decode("utf-8", errors="replace")
        found += [named(path, text[: hit.start()].count("\n") + 1) for hit in private.finditer(text)]

    assert [place for place in found if not place.startswith("tests/contracts/test_setup.py")] == []


def test_no_file_names_a_host_of_a_package_registry() -> None:
    host = re.compile(r"\b(pypi\.org|pythonhosted\.org|registry\.npmjs\.org|deb\.debian\.org)\b")

    texts = {named(path): path.read_bytes().decode("utf-8", errors="replace") for path in tracked()}

    assert [name for name, text in texts.items() if host.search(text) and name != "tests/contracts/test_setup.py"] == []


def comments(path: Path) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


EXCUSE = re.compile(
    r"""\#\s*(?: noqa (?: :\s*(?P<codes> [A-Z]+\d+ (?:\s*,\s*[A-Z]+\d+)* ) )?
          | type:\s*ignore (?: \[ (?P<kinds> [\w,\ -]+ ) \] )? )
        (?P<reason>.*)""",
    flags=re.VERBOSE,
)


def excuse_lacks_a_reason(comment: str) -> bool:
    for found in EXCUSE.finditer(comment):
        words = re.findall(r"\w{2,}", found["reason"])
        if not (found["codes"] or found["kinds"]) or len(words) < 2:
            return True
    return False


@pytest.mark.parametrize(
    ("comment", "lacks"),
    [
        ("# noqa", True),
        ("# noqa: S603", True),
        ("# noqa: S603, S607 - x", True),
        ("# type: ignore", True),
        ("# type: ignore[arg-type]", True),
        ("# noqa: S603 - our own script", False),
        ("# type: ignore[arg-type]  # the library's types are wrong", False),
        ("# an ordinary remark", False),
    ],
)
def test_a_silenced_rule_without_its_reason_is_noticed(comment: str, lacks: bool) -> None:  # noqa: FBT001 - a parameter of the table above
    assert excuse_lacks_a_reason(comment) is lacks


def test_every_silenced_rule_says_why() -> None:
    found = [
        named(path, line)
        for path in tracked(".py")
        for line, comment in comments(path)
        if excuse_lacks_a_reason(comment)
    ]

    assert found == []


def test_every_rule_that_is_off_says_why_in_the_configuration() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lines = re.findall(r'^  "[A-Z]+\d*",.*$', text, flags=re.MULTILINE)

    assert lines
    assert [line for line in lines if not re.search(r"# \w+\W+\w+", line)] == []


def test_no_third_party_file_is_committed() -> None:
    paths = tracked()

    assert [named(path) for path in paths if any(path.name.endswith(end) for end in THIRD_PARTY)] == []
    assert [named(path) for path in paths if {"node_modules", "vendor"} & set(path.parts)] == []
    assert [named(path) for path in paths if path.stat().st_size > LARGEST_BYTES] == []


def test_a_file_of_code_is_a_room_and_not_a_hall() -> None:
    sizes = {named(path): path.read_text(encoding="utf-8").count("\n") for path in tracked(".py")}

    assert {name: lines for name, lines in sizes.items() if lines > LONGEST_FILE} == {}


def imports_inside_functions(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.ImportFrom):
                yield node.lineno, str(node.module)
            elif isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)


def first_party_only_for_types(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            for imported in node.body:
                if isinstance(imported, ast.ImportFrom) and str(imported.module).split(".")[0] in PACKAGES:
                    yield imported.lineno


def test_imports_stand_at_the_top() -> None:
    packages = [path for path in tracked(".py") if path.relative_to(ROOT).parts[0] in PACKAGES]
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in packages}
    inside = [
        named(path, line)
        for path, tree in trees.items()
        for line, module in imports_inside_functions(tree)
        if module.split(".")[0] not in ONLY_LAZY
    ]

    assert packages
    assert inside == []
    assert [named(path, line) for path, tree in trees.items() for line in first_party_only_for_types(tree)] == []


def test_scripts_stop_at_the_first_error_and_may_be_run() -> None:
    scripts = [path for path in tracked() if path.read_bytes().startswith(b"#!/usr/bin/env bash")]

    assert {"setup", "demo", "test", "run"} <= {path.name for path in scripts}
    for path in scripts:
        assert "set -Eeuo pipefail" in path.read_text(encoding="utf-8"), named(path)
        assert path.stat().st_mode & 0o111, named(path)
        subprocess.run(["bash", "-n", str(path)], check=True)


def test_every_verb_of_the_makefile_is_explained() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    verbs = {verb for line in re.findall(r"^\.PHONY: (.+)$", text, flags=re.MULTILINE) for verb in line.split()}
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, check=True, text=True).stdout

    assert verbs >= {"setup", "run", "test", "check", "contracts", "fmt", "golden", "bench", "chaos", "shell", "lock"}
    assert [verb for verb in sorted(verbs) if f"make {verb} " not in shown] == []
