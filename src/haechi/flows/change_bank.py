"""Make a bank, and change what may change of it. Whom its pictures show and whether it is negative stay."""

from dataclasses import replace

from haechi.domain.bank import WIDEST, Bank, BankName, Depicted
from haechi.domain.errors import BankRefusedError
from haechi.flows.matcher_tools import MatcherTools, need_bank
from haechi.ports.catalogue import AuditLine

_MOST_NAME = 64


def add_bank(
    tools: MatcherTools,
    name: str,
    depicted: Depicted,
    *,
    radius: int,
    is_negative: bool,
    enabled_ratio: float,
    by: str,
) -> Bank:
    """Return the new bank. Raises `BankExistsError`, `BankRefusedError`."""
    _check(name, radius, enabled_ratio)
    at = tools.now().at
    with tools.catalogue.begin() as writer:
        bank = writer.add_bank(
            BankName(name), depicted, radius=radius, is_negative=is_negative, enabled_ratio=enabled_ratio, at=at
        )
        facts = {"bank": name, "depicted": depicted.value, "radius": radius, "negative": is_negative}
        writer.tell(AuditLine(at, by, "add-bank", facts))
    return bank


def change_bank(
    tools: MatcherTools,
    name: str,
    *,
    new_name: str | None = None,
    radius: int | None = None,
    enabled_ratio: float | None = None,
    by: str,
) -> Bank:
    """Return the bank with what was given changed. Raises `BankMissingError`, `BankExistsError`, `BankRefusedError`."""
    bank = need_bank(tools, name)
    changed = replace(
        bank,
        name=BankName(bank.name if new_name is None else new_name),
        radius=bank.radius if radius is None else radius,
        enabled_ratio=bank.enabled_ratio if enabled_ratio is None else enabled_ratio,
    )
    _check(changed.name, changed.radius, changed.enabled_ratio)
    at = tools.now().at
    with tools.catalogue.begin() as writer:
        writer.set_bank(replace(changed, name=bank.name), name=changed.name)
        facts = {"bank": name, "name": changed.name, "radius": changed.radius, "ratio": changed.enabled_ratio}
        writer.tell(AuditLine(at, by, "change-bank", facts))
    return changed


def _check(name: str, radius: int, ratio: float) -> None:
    if not name.strip() or len(name) > _MOST_NAME or not name.isprintable() or "/" in name or "," in name:
        raise BankRefusedError(bank=name, problem="name")
    if not 0 <= radius <= WIDEST:
        raise BankRefusedError(bank=name, problem="radius")
    if not 0 <= ratio <= 1:
        raise BankRefusedError(bank=name, problem="ratio")
