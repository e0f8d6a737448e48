"""`haechi receipt`: record the receipt that a receiver signed."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from haechi.cli import screen
from haechi.cli.results import written
from haechi.cli.vaults import VaultOptions, opened
from haechi.domain.errors import PathMissingError, ReceiptRefusedError
from haechi.domain.receipt import MOST_RECEIPT_BYTES
from haechi.language import _, korean

_MOST_SIGNATURE_BYTES = 16_384


def receipt(
    text: Annotated[Path, Parameter(help=korean("받는 사람이 서명한 수령증 (…receipt.txt)"))],
    signature: Annotated[Path | None, Parameter(help=korean("그 서명. 없으면 수령증 이름에 .sig 를 붙인 파일"))] = None,
    /,
    *,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """Check a signed receipt against the recipient's key, and keep it."""
    from haechi.bootstrap import handing_over

    text = text.expanduser()
    signature = (signature or text.with_name(f"{text.name}.sig")).expanduser()
    words, armour = _read(text, MOST_RECEIPT_BYTES), _read(signature, _MOST_SIGNATURE_BYTES)
    with opened(options) as vault:
        done = handing_over.record_receipt(vault, words, armour)
    screen.title(_("수령증을 확인하고 보관했습니다."))
    screen.pairs(
        [
            (_("증거 묶음 번호"), done.packet_id),
            (_("받은 사람"), f"“{done.recipient}”"),
            (_("넘긴 때"), written(done.at)),
            (_("기록의 줄"), f"{done.receipt_entry}"),
        ]
    )
    screen.proven(
        [_("이 사람의 것으로 이 금고에 적어 둔 열쇠로, 바로 이 증거 묶음을 받았다고 서명했습니다.")],
        [_("그 열쇠를 정말 그 사람이 쓰는지는, 열쇠를 확인한 방법만큼만 알 수 있습니다.")],
    )


def _read(path: Path, most: int) -> bytes:
    """Return what the file holds. Raises `PathMissingError`, `ReceiptRefusedError` when it is too long for what it is."""
    try:
        with path.open("rb") as stream:
            content = stream.read(most + 1)
    except (FileNotFoundError, IsADirectoryError) as error:
        raise PathMissingError(path=str(path)) from error
    if len(content) > most:
        raise ReceiptRefusedError(reason="form")
    return content
