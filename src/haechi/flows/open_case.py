"""Open a case: whom it is about and how her pictures may be kept, asked before any content is read."""

from dataclasses import replace

from haechi.domain.canonical import Json
from haechi.domain.case import Age, Case, CaseId, CustodyMode, check_mode
from haechi.domain.custody import Draft, EntryType, open_record
from haechi.domain.errors import CaseMissingError, ModeChangeRefusedError
from haechi.flows.keep_features import forget_disallowed
from haechi.flows.open_vault import OpenVault

_ID_BYTES = 16


def open_case(
    vault: OpenVault,
    name: str,
    *,
    actor: str,
    mode: CustodyMode = CustodyMode.REFERENCE_ONLY,
    age: Age = Age.UNKNOWN,
    consent: str = "",
    reader: str,
) -> Case:
    """Return the case of this name; it is opened when the vault has none yet.

    `reader` is the age recipient who may open what a sealed case keeps. A case that is there keeps its mode,
    and its age when that is not asked to be another. Raises `ModeRefusedError`, `ModeChangeRefusedError`.
    """
    known = _known(vault, name)
    if known is None:
        check_mode(mode, age=age, consent=consent)
        case = Case(CaseId(vault.tools.randomness(_ID_BYTES).hex()), name, mode, age, consent)
        with vault.ledger.begin() as writer:
            writer.add_case(case, [reader] if mode.keeps_bytes else [])
            writer.append(_entry(vault, case, actor=actor, reason=""))
        vault.checkpoint()
        return case
    if known.mode is not mode:
        raise ModeChangeRefusedError(mode=known.mode.value, asked=mode.value)
    if known.age is not age:
        # Somebody learned how old she is: a mode that this closes must not go on.
        return change_mode(
            vault,
            name,
            actor=actor,
            mode=mode,
            age=age,
            consent=consent or known.consent,
            reason="age",
            reader=reader,
        )
    return known


def change_mode(
    vault: OpenVault, name: str, *, actor: str, mode: CustodyMode, age: Age, consent: str, reason: str, reader: str
) -> Case:
    """Set another custody mode for what the case receives from now on; the reason stays in the log's opening.

    What was kept stays kept, and what was not kept is not there. Readers who were named for a case that keeps files
    stay; `reader` is for one that had none. Raises `CaseMissingError`, `ModeRefusedError`,
    `ModeChangeRefusedError` when no reason is given.
    """
    known = _known(vault, name)
    if known is None:
        raise CaseMissingError(case=name)
    if not reason.strip():
        raise ModeChangeRefusedError(mode=known.mode.value, asked=mode.value)
    check_mode(mode, age=age, consent=consent)
    case = replace(known, mode=mode, age=age, consent=consent)
    readers = (list(vault.ledger.readers(case.case_id)) or [reader]) if mode.keeps_bytes else []
    with vault.ledger.begin() as writer:
        writer.set_case(case)
        writer.set_readers(case.case_id, readers)
        writer.append(_entry(vault, case, actor=actor, reason=reason))
    vault.checkpoint()
    forget_disallowed(vault, case)
    return case


def _known(vault: OpenVault, name: str) -> Case | None:
    return next((case for case in vault.ledger.cases() if case.name == name), None)


def _entry(vault: OpenVault, case: Case, *, actor: str, reason: str) -> Draft:
    subject: Json = {
        "name": case.name,
        "mode": case.mode.value,
        "age": case.age.value,
        "consent": case.consent,
        "reason": reason,
    }
    return Draft(
        EntryType.CASE,
        actor,
        vault.tools.now(),
        case=case.case_id,
        opening=open_record(vault.tools.randomness(32), subject),
    )
