"""What every deletion asks for: why, and the word of a second person where several may open the vault."""

from pathlib import Path
from typing import TYPE_CHECKING

from haechi.cli import keys, questions
from haechi.cli.trouble import UsageError
from haechi.language import _

if TYPE_CHECKING:
    from haechi.bootstrap import OpenVault
    from haechi.bootstrap.erasing import Approval, Deletion


def asked_reason(given: str) -> str:
    """Return why something is destroyed, asked for where it was not given. Raises `UsageError`."""
    if given.strip():
        return given.strip()
    if keys.can_ask() and (asked := questions.text(_("없애는 이유 (기록에 남습니다. 이름은 쓰지 마세요)"))):
        return asked
    raise UsageError(_("없애는 이유가 필요합니다."), _("--reason 으로 주세요. 아무것도 없애지 않았습니다."))


def asked_approval(vault: "OpenVault", request: "Deletion", name: str | None, file: Path | None) -> "Approval":
    """Return the second person's word for this deletion, with their passphrase from the file or as they type it.

    Raises `ApprovalMissingError` where there is nobody to ask, and as `erasing.approve` does.
    """
    from haechi.bootstrap import erasing
    from haechi.domain.errors import ApprovalMissingError

    if name is None:
        if not keys.can_ask():
            raise ApprovalMissingError(reason="missing")
        name = questions.text(_("함께 동의하는 사람의 이름"))
    passphrase = keys.from_file(file) if file is not None else keys.asked_of(name, option="--approver-passphrase-file")
    return erasing.approve(vault, request, name, passphrase)
