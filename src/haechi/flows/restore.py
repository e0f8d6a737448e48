"""Put a vault back from a back-up, on this machine or a new one, with the passphrase or recovery key that it had then."""

from pathlib import Path

from haechi.domain.errors import BackUpDamagedError, BackUpMissingError, VaultDamagedError, VaultMissingError
from haechi.domain.vault import Operation
from haechi.flows.back_up import note_restored
from haechi.flows.keep_features import forget_absent
from haechi.flows.open_vault import VaultTools, open_vault
from haechi.ports.back_ups import BackUps, Copy
from haechi.ports.keys import GivenKey
from haechi.ports.progress import Progress


def choose_copy(back_ups: BackUps, folder: Path, number: int | None) -> Copy:
    """Return copy `number` of the folder, None for the newest.

    An older one is never taken for the newest because that cannot be read. Raises `BackUpMissingError` with the numbers that
    there are, `BackUpDamagedError` with those that can be asked for instead.
    """
    found = back_ups.copies(folder)
    copies, damaged = {copy.number: copy for copy in found.readable}, found.unreadable
    if not copies and not damaged:
        raise BackUpMissingError(path=str(folder))
    wanted = max((*copies, *damaged)) if number is None else number
    if wanted in copies:
        return copies[wanted]
    numbers = ", ".join(map(str, copies))
    if wanted in damaged:
        raise BackUpDamagedError(path=damaged[wanted], reason="others" if copies else "", numbers=numbers)
    raise BackUpMissingError(path=str(folder), reason="number", number=wanted, numbers=numbers or "-")


def restore(
    tools: VaultTools,
    folder: Path,
    target: Path,
    given: GivenKey,
    *,
    back_ups: BackUps,
    number: int | None,
    progress: Progress,
) -> Copy:
    """Put copy `number` (None: the newest) at `target` and note it in its log; return the copy.

    The key is tried before anything is written. Raises `BackUpMissingError`, `WrongKeyError`, and as `BackUps.restore` and
    `open_vault` do.
    """
    copy = choose_copy(back_ups, folder, number)
    place = back_ups.place(folder, copy)
    try:
        header = tools.folders.header(place, Operation.READ)
    except (VaultDamagedError, VaultMissingError) as error:
        raise BackUpDamagedError(path=str(place.relative_to(folder) / "haechi.vault")) from error
    tools.keys.open(header.slots, given, vault_id=header.vault_id)
    back_ups.restore(folder, copy, target, lambda done, total: progress("restoring", done, total))
    vault = open_vault(tools, target, given)
    try:
        note_restored(vault, copy)
        forget_absent(vault)
    finally:
        vault.close()
    return copy
