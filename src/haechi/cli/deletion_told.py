"""What is said after every deletion: what the disk still owes, the back-ups that hold it, and the certificate."""

from typing import TYPE_CHECKING

from haechi.cli import screen
from haechi.language import _

if TYPE_CHECKING:
    from haechi.bootstrap.erasing import Destroyed


def tell_unfinished(done: "Destroyed") -> None:
    """Say so where the ledger is not rewritten yet: what is gone is gone, its place on the disk is not free yet."""
    if not done.is_scrubbed:
        screen.line(
            _(
                "금고 파일을 새로 쓰는 일이나 지운 파일을 치우는 일이 남았습니다. 없애는 일은 되었고 다시 하지 않아도 됩니다. 디스크에 자리를 비우고, 금고를 쓰는 다른 프로그램을 닫은 뒤 쓰는 명령을 하나 실행하면(예: haechi import) 마저 합니다."
            )
        )


def back_up_step() -> str:
    """Return what is to be done about back-ups that still hold it."""
    return _(
        "전에 만든 백업에는 없앤 것이 아직 들어 있습니다. 백업 폴더마다 haechi back-up 백업_폴더 를 다시 실행하면 새 백업을 만들고 "
        "그것이 든 예전 백업을 지웁니다. 연결할 수 없는 디스크나 복사해 둔 금고 폴더는 직접 지우세요."
    )


def certificate_step(entry: int) -> str:
    """Return how the certificate of the deletion at a line of the log is made."""
    # As it is typed: a number that is read has its thousands apart.
    return _("haechi delete --entry {number} --certificate 새_폴더 — 삭제 확인서를 만듭니다.", number=str(entry))
