"""What the import contracts in pyproject.toml cannot say about the source tree."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "haechi"

# What reaches the disk, the network, the clock or chance. The domain is given such things as values.
OUTSIDE = {
    "asyncio", "multiprocessing", "os", "random", "secrets", "shutil", "socket", "sqlite3", "ssl", "subprocess",
    "tempfile", "threading", "time", "urllib.request", "uuid",
}  # fmt: skip

SQL = {"alembic", "sqlalchemy", "sqlcipher3", "sqlite3"}


def modules_of(folder: str) -> list[Path]:
    return sorted((SOURCE / folder).rglob("*.py"))


def imported_by(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports name the whole path"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def top(name: str) -> str:
    return name.partition(".")[0]


@pytest.mark.parametrize("folder", ["domain", "ports", "flows", "isolation", "network"])
def test_the_inner_layers_import_the_standard_library_and_haechi_only(folder):
    foreign = {
        f"{module.name}: {name}"
        for module in modules_of(folder)
        for name in imported_by(module)
        if top(name) not in sys.stdlib_module_names | {"haechi"}
    }
    assert not foreign


def test_the_domain_reads_no_disk_no_clock_and_no_dice():
    reaching = {
        f"{module.name}: {name}"
        for module in modules_of("domain")
        for name in imported_by(module)
        if any(name == outside or name.startswith(f"{outside}.") for outside in OUTSIDE)
    }
    assert not reaching


# A witness is no vault: it keeps one public line for each log that it serves.
STORES = (Path("adapters/ledger"), Path("adapters/catalogue"), Path("adapters/witness/store.py"))


def test_sql_stays_in_the_ledger_the_catalogue_and_the_witnesss_store():
    elsewhere = {
        f"{module.relative_to(SOURCE)}: {name}"
        for module in modules_of(".")
        for name in imported_by(module)
        if top(name) in SQL and not any(module.is_relative_to(SOURCE / store) for store in STORES)
    }
    assert not elsewhere


# It travels inside each packet and has to be one file that runs by itself.
TRAVELS_ALONE = Path("adapters/packets/verify/verify.py")


def test_no_file_has_grown_past_one_subject():
    lengths = {module.relative_to(SOURCE): module.read_text("utf-8").count("\n") for module in modules_of(".")}
    assert not {str(module): lines for module, lines in lengths.items() if lines > 500 and module != TRAVELS_ALONE}


def test_every_source_module_says_what_it_is_for():
    silent = [str(module) for module in modules_of(".") if not ast.get_docstring(ast.parse(module.read_text("utf-8")))]
    assert not silent
