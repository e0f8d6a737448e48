"""`haechi recipient`: who gets packets, and with which keys."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from haechi.cli import keys, screen
from haechi.cli.app import group
from haechi.cli.results import JSON_HELP, jsonable, plain_json, written
from haechi.cli.trouble import UsageError
from haechi.cli.vaults import VaultOptions, opened
from haechi.domain.recipient import Recipient
from haechi.domain.vault import Operation
from haechi.language import _, korean

recipient = group("recipient", korean("증거 묶음을 받을 사람과 그 열쇠의 목록입니다."))


@recipient.command(name="add", help=korean("받을 사람을 넣거나, 그 사람의 열쇠를 바꿉니다."))
def add(
    name: Annotated[str, Parameter(help=korean("받을 사람을 부를 이름"))],
    /,
    *,
    age: Annotated[
        str | None, Parameter(help=korean("그 사람의 age 공개 열쇠 (age1…). 이것으로 증거 묶음을 암호화합니다."))
    ] = None,
    ssh_key: Annotated[
        Path | None, Parameter(help=korean("그 사람의 SSH 공개 열쇠 파일 (.pub). 수령증의 서명을 확인합니다."))
    ] = None,
    note: Annotated[str, Parameter(help=korean("열쇠를 어떻게 확인했는지. 예: 전화로 지문을 읽어 맞춤"))] = "",
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """Add a recipient or change the keys of one."""
    from haechi.bootstrap import handing_over

    if not name.strip():
        raise UsageError(_("이름이 비어 있습니다."))
    ssh = keys.from_file(ssh_key) if ssh_key is not None else None
    with opened(options) as vault:
        changed = handing_over.add_recipient(vault, name, age=age, ssh=ssh, note=note)
    screen.title(_("받는 사람 목록에 넣었습니다."))
    _tell(changed)
    screen.next_steps(
        [
            _(
                "위의 열쇠와 지문을 그 사람과 다른 길(전화, 만남)로 한 글자씩 맞춰 보세요. 틀리면 다른 사람이 열게 됩니다."
            ),
            _("haechi hand-over 증거_묶음 새_파일 --to 이름 — 이 사람에게 넘길 파일을 만듭니다."),
        ]
    )


@recipient.command(name="list", help=korean("받을 사람과 열쇠의 지문, 넘긴 것을 봅니다."))
def list_(
    *,
    json: Annotated[bool, Parameter(help=JSON_HELP)] = False,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """List recipients, and what was handed over to whom."""
    from haechi.bootstrap import handing_over

    with opened(options, operation=Operation.READ) as vault:
        known = handing_over.recipients(vault)
        handed = handing_over.transfers(vault)
    if json:
        plain_json({"recipients": jsonable(known), "transfers": jsonable(handed)})
        return
    screen.title(_("받는 사람: {count}명", count=len(known)))
    for one in known:
        screen.line()
        _tell(one)
    screen.section(
        _("넘긴 것: {count}번", count=len(handed)),
        [
            _("{at} {packet} → “{name}” — 수령증 있음", at=written(one.at), packet=one.packet_id, name=one.recipient)
            if one.receipt_entry is not None
            else _(
                "{at} {packet} → “{name}” — 수령증 없음", at=written(one.at), packet=one.packet_id, name=one.recipient
            )
            for one in handed
        ],
    )
    if not known:
        screen.next_steps([_("haechi recipient add 이름 --age age1… --ssh-key 파일.pub — 받을 사람을 넣습니다.")])


@recipient.command(name="remove", help=korean("받을 사람을 목록에서 뺍니다. 이미 넘긴 것의 기록은 남습니다."))
def remove(
    name: Annotated[str, Parameter(help=korean("뺄 사람의 이름"))],
    /,
    *,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """Take a recipient out of the directory."""
    from haechi.bootstrap import handing_over

    with opened(options) as vault:
        handing_over.remove_recipient(vault, name)
    screen.title(_("받는 사람 목록에서 뺐습니다. 이미 넘긴 것의 기록은 남아 있습니다."))


def _tell(one: Recipient) -> None:
    from haechi.bootstrap.handing_over import fingerprint

    screen.line(f"“{one.name}”")
    screen.pairs(
        [
            (_("암호화할 열쇠"), one.age or _("없음")),
            (_("서명할 열쇠"), fingerprint(one.ssh) if one.ssh else _("없음")),
            (_("확인한 방법"), one.note or _("적혀 있지 않음")),
        ]
    )
