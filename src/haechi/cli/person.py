"""`haechi person`: who else may open the vault, each with a passphrase of their own."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from haechi.cli import keys, questions, screen
from haechi.cli.results import JSON_HELP, plain_json
from haechi.cli.trouble import UsageError
from haechi.cli.vaults import VaultOptions, opened, opened_with
from haechi.domain.person import active
from haechi.domain.vault import Operation
from haechi.language import _, korean

_PAIR = 2
"""From so many people on, two have to agree to a deletion."""


class Action(StrEnum):
    """What is done about people."""

    ADD = "add"
    LIST = "list"
    REMOVE = "remove"


def person(
    action: Annotated[
        Action, Parameter(help=korean("add(더하기), list(목록), remove(빼기)"), show_choices=False)
    ] = Action.LIST,
    name: Annotated[str | None, Parameter(help=korean("그 사람의 이름. 금고 안에만 남습니다."))] = None,
    /,
    *,
    own_name: Annotated[
        str | None, Parameter(help=korean("처음 한 사람을 더할 때: 지금 금고를 여는 사람의 이름"))
    ] = None,
    new_passphrase_file: Annotated[Path | None, Parameter(help=korean("첫 줄에 더할 사람의 암호가 있는 파일"))] = None,
    yes: Annotated[bool, Parameter(help=korean("묻지 않고 뺍니다. (스크립트용)"))] = False,
    json: Annotated[bool, Parameter(help=JSON_HELP)] = False,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """Add a person, take one away, or list them."""
    if action is Action.LIST:
        _list(options, as_json=json)
        return
    if not name:
        raise UsageError(_("누구인지 이름을 쓰세요."), _("haechi person list 로 목록을 봅니다."))
    if action is Action.ADD:
        _add(options, name, own_name, new_passphrase_file)
    else:
        _remove(options, name, asks=not yes)


def _add(options: VaultOptions, name: str, own_name: str | None, file: Path | None) -> None:
    from haechi.bootstrap.people import add_person, people

    given = options.typed_key()
    with opened_with(options, given) as vault:
        if not active(people(vault)) and own_name is None:
            if not keys.can_ask():
                raise UsageError(_("지금 금고를 여는 사람의 이름이 필요합니다."), _("--own-name 으로 주세요."))
            own_name = questions.text(_("지금 이 금고를 여는 당신의 이름"))
        if file is None and keys.can_ask():
            screen.note(_("이제 {name:이/가} 자기 암호를 정합니다. 다른 사람은 보지 마세요.", name=name))
        passphrase = keys.from_file(file) if file is not None else keys.asked_twice(option="--new-passphrase-file")
        added = add_person(vault, name, passphrase, own_passphrase=given, own_name=own_name or "")
    screen.title(_("{name:을/를} 더했습니다. 이제 자기 암호로 이 금고를 엽니다.", name=f"“{added.name}”"))
    screen.section(
        _("꼭 기억할 것"),
        [
            _("이 사람은 금고 안의 모든 것을 볼 수 있습니다."),
            _("이제 무엇을 없애려면 두 사람의 암호가 모두 필요합니다."),
            _("기록에는 이름 대신 무작위 번호가 남습니다: {number}", number=added.person_id),
        ],
    )


def _remove(options: VaultOptions, name: str, *, asks: bool) -> None:
    from haechi.bootstrap.people import find_person, me, people, remove_person

    given = options.typed_key()
    with opened_with(options, given) as vault:
        found = find_person(vault, name)
        is_self = found.person_id == me(vault)
        ends_rule = len(active(people(vault))) == _PAIR
        told = [
            _("당신 자신입니다. 당신은 자기 암호로 이 금고를 더는 열 수 없게 됩니다.")
            if is_self
            else _("{name:은/는} 이 금고를 더는 열 수 없게 됩니다.", name=f"“{found.name}”")
        ]
        if ends_rule:
            told.append(_("한 사람만 남아서, 그 뒤로는 무엇을 없앨 때 다른 사람의 동의가 필요하지 않습니다."))
        if asks and not questions.confirmed(" ".join(told), _("뺍니다")):
            screen.note(_("아무것도 바꾸지 않았습니다."))
            return
        removed = remove_person(vault, name)
    screen.title(
        _("{name:을/를} 뺐습니다. 그 사람의 암호로는 이 금고가 더는 열리지 않습니다.", name=f"“{removed.name}”")
    )
    changed = [_("당신 자신을 뺐습니다. 이 금고는 이제 다른 사람의 암호나 복구 키로만 열립니다.")] if is_self else []
    if ends_rule:
        changed.append(
            _("두 사람이 함께 동의해야 없앨 수 있던 규칙은 끝났습니다. 이제 남은 한 사람이 혼자 없앨 수 있습니다.")
        )
    screen.section(_("달라진 것"), changed)
    screen.section(
        _("이것으로 막지 못하는 것"),
        [
            _("전에 금고 폴더를 복사해 둔 사람은 그 사본을 자기 암호로 여전히 열 수 있습니다."),
            _("금고의 열쇠를 이미 꺼내 둔 사람은 막지 못합니다. 걱정되면 새 금고를 만들어 다시 넣으세요."),
            _("복구 키를 아는 사람이었다면 haechi key recovery 로 복구 키도 바꾸세요."),
        ],
    )


def _list(options: VaultOptions, *, as_json: bool) -> None:
    from haechi.bootstrap.people import people

    with opened(options, operation=Operation.READ) as vault:
        known = people(vault)
    if as_json:
        plain_json({"people": known})
        return
    screen.title(_("금고를 여는 사람 {count}명", count=len(active(known)) or 1))
    for one in known:
        state = _("열 수 있음") if one.is_active else _("뺐음")
        screen.pairs([(f"“{one.name}”", f"{state} · {one.person_id}")])
    if not known:
        screen.line(_("만든 사람 혼자 엽니다. 다른 사람을 더하려면 haechi person add 이름"))
