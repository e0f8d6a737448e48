"""`haechi authority`: the time-stamping authorities that this vault trusts, each by the one certificate that may sign."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from haechi.cli import screen
from haechi.cli.app import group
from haechi.cli.results import JSON_HELP, moment, plain_json
from haechi.cli.vaults import VaultOptions, opened
from haechi.domain.vault import Operation
from haechi.language import _, korean

if TYPE_CHECKING:
    from haechi.bootstrap.anchoring import KnownAuthority

authority = group("authority", korean("기록의 시각을 확인해 줄 시점확인 기관(RFC 3161)을 정합니다."))


@authority.command(name="add", help=korean("시점확인 기관을 정합니다. 아직 아무것도 보내지 않습니다."))
def add(
    name: Annotated[str, Parameter(help=korean("기관을 부를 이름"))],
    url: Annotated[str, Parameter(help=korean("기관이 알려 준 주소. https:// 나 http:// 로 시작합니다."))],
    /,
    *,
    certificate: Annotated[
        Path, Parameter(help=korean("도장에 서명하는 인증서(PEM). 이것으로 서명한 도장만 받아들입니다."))
    ],
    chain: Annotated[Path, Parameter(help=korean("그 위의 인증서들을 뿌리까지 모은 파일(PEM)"))],
    policy: Annotated[
        str | None, Parameter(help=korean("기관이 따라야 하는 정책 번호(OID). 없으면 따지지 않습니다."))
    ] = None,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """Trust this authority from now on."""
    from haechi.bootstrap import anchoring

    with opened(options) as vault:
        added = anchoring.add_authority(vault, name, url, certificate=certificate, chain=chain, policy=policy)
    screen.title(_("시점확인 기관 {name:을/를} 정했습니다.", name=name))
    _tell(added)
    screen.section(
        _("꼭 확인할 것"),
        [_("인증서의 지문을 기관이 공개한 것과 견주어 보세요. 이 지문의 인증서로 서명한 도장만 믿습니다.")],
    )
    screen.next_steps([_("haechi anchor — 기록의 지금 모습을 확인받습니다. 보내기 전에 무엇을 보내는지 보여 줍니다.")])


@authority.command(name="list", help=korean("정해 둔 시점확인 기관을 봅니다."))
def list_(
    *,
    json: Annotated[bool, Parameter(help=JSON_HELP)] = False,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """List the authorities."""
    from haechi.bootstrap import anchoring

    with opened(options, operation=Operation.READ) as vault:
        found = anchoring.authorities(vault)
    if json:
        plain_json({"authorities": found})
        return
    screen.title(_("시점확인 기관 {count}곳", count=len(found)))
    for one in found:
        screen.line(one.authority.name)
        _tell(one)
    if not found:
        screen.next_steps([_("haechi authority add 이름 주소 --certificate 파일 --chain 파일 — 기관을 정합니다.")])


@authority.command(name="remove", help=korean("시점확인 기관에 더는 묻지 않습니다. 이미 받은 도장은 남습니다."))
def remove(
    name: Annotated[str, Parameter(help=korean("기관의 이름"))],
    /,
    *,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """Ask this authority no more."""
    from haechi.bootstrap import anchoring

    with opened(options) as vault:
        anchoring.remove_authority(vault, name)
    screen.title(_("시점확인 기관 {name}에 더는 묻지 않습니다. 이 일은 기록에 남습니다.", name=name))


def _tell(known: "KnownAuthority") -> None:
    screen.pairs(
        [
            (_("인터넷 주소"), known.authority.url),
            (_("인증서 지문 (SHA-256)"), known.authority.certificate),
            (_("정책"), known.authority.policy or _("따지지 않음")),
            (_("인증서 기한"), moment(known.expires_at)),
        ]
    )
