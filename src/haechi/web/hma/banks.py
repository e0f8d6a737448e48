"""`/c/banks`, `/c/bank/{name}`: lists, as HMA has them: a name and how often they are asked."""

from haechi.domain.api_key import ApiRole
from haechi.domain.bank import Bank, Depicted
from haechi.domain.errors import BankMissingError
from haechi.web.operation import Call, Lenient, Nothing, Strict, operation
from haechi.web.words import BankPath, HmaBankName, Ratio


class BankAnswer(Strict):
    """A bank as HMA shows it."""

    name: str
    matching_enabled_ratio: float


class NewBank(Lenient):
    """A bank to make. `depicted`, which HMA does not know, says whom it shows; the server's own kind when it is left out."""

    name: HmaBankName
    enabled_ratio: Ratio | None = None
    enabled: bool | None = None
    depicted: Depicted | None = None


class BankChange(Lenient):
    """What is to be changed."""

    name: HmaBankName | None = None
    enabled_ratio: Ratio | None = None
    enabled: bool | None = None


class Done(Strict):
    """It is done."""

    message: str


def shown(bank: Bank) -> BankAnswer:
    """Return a bank as HMA shows it."""
    return BankAnswer(name=bank.name, matching_enabled_ratio=bank.enabled_ratio)


@operation("GET", "/c/banks", role=ApiRole.CURATOR, tag="Banks", summary="All banks")
def list_banks(call: Call[Nothing, Nothing, None]) -> list[BankAnswer]:
    """Return all banks."""
    return [shown(bank) for bank in call.service.matcher.banks()]


@operation("POST", "/c/banks", role=ApiRole.CURATOR, tag="Banks", summary="Make a bank", status=201)
def create_bank(call: Call[Nothing, Nothing, NewBank]) -> BankAnswer:
    """Make a bank. 403 when there is one of this name."""
    new = call.body
    ratio = new.enabled_ratio
    if ratio is None:
        ratio = 0.0 if new.enabled is False else 1.0
    bank = call.service.matcher.add_bank(
        new.name, new.depicted or call.service.settings.depicted, enabled_ratio=ratio, by=call.by.name
    )
    return shown(bank)


@operation("GET", "/c/bank/{name}", role=ApiRole.CURATOR, tag="Banks", summary="One bank")
def show_bank(call: Call[BankPath, Nothing, None]) -> BankAnswer:
    """Return a bank."""
    return shown(call.service.matcher.bank(call.path.name))


@operation("PUT", "/c/bank/{name}", role=ApiRole.CURATOR, tag="Banks", summary="Change a bank")
def update_bank(call: Call[BankPath, Nothing, BankChange]) -> BankAnswer:
    """Rename a bank, or change how often it is asked."""
    change = call.body
    ratio = change.enabled_ratio
    if ratio is None and change.enabled is not None:
        ratio = 1.0 if change.enabled else 0.0
    bank = call.service.matcher.change_bank(call.path.name, new_name=change.name, enabled_ratio=ratio, by=call.by.name)
    return shown(bank)


@operation("DELETE", "/c/bank/{name}", role=ApiRole.CURATOR, tag="Banks", summary="Remove a bank")
def delete_bank(call: Call[BankPath, Nothing, None]) -> Done:
    """Withdraw a bank with all it holds. One that is not there is as good as removed."""
    try:
        call.service.matcher.remove_bank(call.path.name, by=call.by.name)
    except BankMissingError:
        return Done(message="Done")
    return Done(message="Done")


OPERATIONS = (list_banks, create_bank, show_bank, update_bank, delete_bank)
