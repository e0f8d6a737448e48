"""`haechi witness`: the partners who cosign this vault's log, and being such a partner oneself."""

import hashlib
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from haechi.cli import screen
from haechi.cli.app import group
from haechi.cli.results import JSON_HELP, plain_json
from haechi.cli.trouble import UsageError
from haechi.cli.vaults import VaultOptions, opened
from haechi.domain.errors import PathMissingError
from haechi.domain.vault import Operation
from haechi.language import _, korean

PORT = 8447
MOST_POLICY_BYTES = 1 << 20
_LONGEST_SHOWN = 300
"""Characters of a key that is shown whole. One of Ed25519 has about a hundred with its name, one of ML-DSA-44 1,800."""
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
FOLDER_HELP = korean("증인의 열쇠와 기억이 있는 폴더")

witness = group(
    "witness", korean("기록이 되돌려지거나 바뀌지 않았음을 확인해 주는 기관(증인)을 정하거나, 증인이 됩니다.")
)


@witness.command(name="add", help=korean("이 금고의 기록을 확인해 줄 증인을 정합니다. 아직 아무것도 보내지 않습니다."))
def add(
    name: Annotated[str, Parameter(help=korean("증인을 부를 이름. 빈칸 없이"))],
    url: Annotated[str, Parameter(help=korean("그 기관이 알려 준 주소"))],
    /,
    *vkeys: Annotated[str, Parameter(help=korean("그 기관이 알려 준 공개 열쇠(vkey). 하나나 둘"))],
    keys_file: Annotated[
        Path | None, Parameter(help=korean("그 기관이 준 공개 열쇠 파일. 한 줄에 하나. 긴 열쇠는 이렇게 넣으세요."))
    ] = None,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """Ask this witness from now on."""
    from haechi.bootstrap import witnessing
    from haechi.domain.anchor import Witness

    if keys_file is not None:
        vkeys += _lines(keys_file)
    if not vkeys:
        raise UsageError(
            _("증인의 공개 열쇠가 없습니다."),
            _("그 기관이 알려 준 한 줄을 이름과 주소 뒤에 그대로 붙여 넣거나, --keys-file 로 받은 파일을 주세요."),
        )
    with opened(options) as vault:
        witnessing.add_witness(vault, Witness(name, url, vkeys))
        own = witnessing.log_vkey(vault)
    screen.title(_("증인 {name:을/를} 정했습니다.", name=name))
    screen.section(_("그 기관에 알려 줄 것 (이 금고의 공개 열쇠)"), [own], mark=" ")
    screen.next_steps([_("haechi anchor — 기록의 지금 모습을 확인받습니다. 보내기 전에 무엇을 보내는지 보여 줍니다.")])


@witness.command(name="list", help=korean("정해 둔 증인과 규칙을 봅니다."))
def list_(
    *,
    keys: Annotated[bool, Parameter(help=korean("긴 공개 열쇠도 줄이지 않고 모두 보여 줍니다."))] = False,
    json: Annotated[bool, Parameter(help=JSON_HELP)] = False,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """List the witnesses."""
    from haechi.bootstrap import witnessing

    with opened(options, operation=Operation.READ) as vault:
        found = witnessing.witnesses(vault)
        policy = witnessing.policy(vault)
    if json:
        plain_json({"witnesses": found, "quorum": policy.quorum if policy is not None else None})
        return
    screen.title(_("증인: {count}곳", count=len(found)))
    for one in found:
        screen.line(one.name)
        shown = one.vkeys if keys else [shown_key(vkey) for vkey in one.vkeys]
        screen.pairs([(_("인터넷 주소"), one.url), *((_("공개 열쇠"), vkey) for vkey in shown)])
    screen.pairs([(_("규칙"), _("없음") if policy is None else policy.quorum)])
    if not found:
        screen.next_steps([_("haechi witness add 이름 주소 공개_열쇠 — 증인을 정합니다.")])


@witness.command(name="remove", help=korean("증인에게 더는 묻지 않습니다. 이미 받은 확인은 남습니다."))
def remove(
    name: Annotated[str, Parameter(help=korean("증인의 이름"))],
    /,
    *,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """Ask this witness no more."""
    from haechi.bootstrap import witnessing

    with opened(options) as vault:
        witnessing.remove_witness(vault, name)
    screen.title(_("증인 {name}에게 더는 묻지 않습니다. 이 일은 기록에 남습니다.", name=name))


@witness.command(name="policy", help=korean("몇 곳이 확인해야 하는지 정한 규칙(C2SP tlog-policy)을 넣습니다."))
def policy(
    file: Annotated[Path, Parameter(help=korean("규칙이 적힌 파일"))],
    /,
    *,
    options: VaultOptions = VaultOptions(),  # noqa: B008 - cyclopts fills it; it is frozen
) -> None:
    """Keep a trust policy."""
    from haechi.bootstrap import witnessing

    octets = _read(file)
    with opened(options) as vault:
        kept = witnessing.set_policy(vault, octets)
    screen.title(_("규칙을 넣었습니다."))
    screen.pairs(
        [
            (_("증인"), ", ".join(one.name for one in kept.witnesses) or "-"),
            (_("필요한 확인"), kept.quorum),
        ]
    )


@witness.command(name="vkey", help=korean("이 금고의 기록 공개 열쇠를 봅니다. 증인이 될 기관에 알려 줍니다."))
def vkey(*, options: VaultOptions = VaultOptions()) -> None:  # noqa: B008 - cyclopts fills it; it is frozen
    """Print the log's vkey, alone on standard output."""
    from haechi.bootstrap import witnessing

    with opened(options, operation=Operation.READ) as vault:
        print(witnessing.log_vkey(vault))
    screen.note(_("이 한 줄에는 이름도 내용도 없습니다. 증인이 될 기관에만 알려 주면 됩니다."))


@witness.command(name="keygen", help=korean("(증인이 될 기관) 증인의 열쇠를 만듭니다."))
def keygen(
    folder: Annotated[Path, Parameter(help=korean("없는 폴더나 빈 폴더"))],
    /,
    *,
    name: Annotated[str, Parameter(help=korean("열쇠의 이름. witness.example.org/1 같은 모양으로, 영문으로"))],
) -> None:
    """Make a witness's keys."""
    from haechi.bootstrap import witnessing

    made = witnessing.make_witness(folder.expanduser(), name)
    screen.title(_("증인의 열쇠를 만들었습니다: {path}", path=folder))
    screen.section(
        _("금고를 쓰는 쪽에 알려 줄 것 (공개 열쇠)"),
        [
            *map(shown_key, made),
            _("열쇠 전체는 이 파일에 있습니다. 이 파일을 그대로 주세요: {path}", path=folder / "public-keys"),
        ],
        mark=" ",
    )
    screen.section(
        _("꼭 기억할 것"),
        [
            _("이 폴더의 keys 파일은 아무에게도 주지 마세요. 가진 사람은 이 증인의 이름으로 확인해 줄 수 있습니다."),
            _(
                "seen.db 를 지우거나 예전 것으로 되돌리지 마세요. 증인의 기억이 되돌아가면 되돌려진 기록을 알아보지 못합니다."
            ),
        ],
    )
    screen.next_steps(
        [
            _("haechi witness trust 폴더 공개_열쇠 — 어느 금고의 기록을 맡을지 정합니다."),
            _("haechi witness serve 폴더 — 확인을 시작합니다."),
        ]
    )


@witness.command(name="trust", help=korean("(증인이 될 기관) 이 금고의 기록을 맡습니다."))
def trust(
    folder: Annotated[Path, Parameter(help=FOLDER_HELP)],
    log_vkey: Annotated[str, Parameter(help=korean("haechi witness vkey 가 보여 준 한 줄"))],
    /,
) -> None:
    """Serve this log."""
    from haechi.bootstrap import witnessing

    served = witnessing.trust_log(folder.expanduser(), log_vkey)
    screen.title(_("이 기록을 맡았습니다. 모두 {count}개를 맡고 있습니다.", count=len(served)))
    screen.section(_("맡은 기록"), served)


@witness.command(name="serve", help=korean("(증인이 될 기관) 기록이 앞으로만 자랐는지 보고 확인해 줍니다."))
def serve(
    folder: Annotated[Path, Parameter(help=FOLDER_HELP)],
    /,
    *,
    host: Annotated[str, Parameter(help=korean("답할 주소. 없으면 이 컴퓨터 안에서만(127.0.0.1)"))] = "127.0.0.1",
    port: Annotated[int, Parameter(help=korean("답할 포트. 0 은 비어 있는 아무 포트"))] = PORT,
) -> None:
    """Answer until stopped."""
    from haechi.bootstrap import witnessing

    try:
        serving = witnessing.serve_witness(folder.expanduser(), host=host, port=port)
    except (OSError, OverflowError) as error:
        raise UsageError(
            _("이 주소와 포트에서는 답할 수 없습니다: {place}", place=f"{host} {port}"),
            _("다른 프로그램이 쓰고 있는지 보고, --host 나 --port 로 다른 것을 고르세요."),
        ) from error
    shown = f"[{serving.host}]" if ":" in serving.host else serving.host
    screen.title(_("증인이 답하고 있습니다: {url}", url=f"http://{shown}:{serving.port}"))
    screen.section(_("공개 열쇠"), [shown_key(vkey) for vkey in serving.vkeys], mark=" ")
    screen.pairs([(_("맡은 기록"), _("{count}개", count=serving.logs))])
    screen.proven(
        [_("맡은 기록이 지금까지 본 것 뒤로만 자랐다는 것. 줄이거나 바꾼 기록에는 확인해 주지 않습니다.")],
        [_("기록의 내용. 증인에게는 무작위 이름, 줄 수, 해시만 옵니다. 받은 것은 따로 적어 두지 않습니다.")],
    )
    if serving.is_open_to_others:
        screen.note(_("주의: 이 컴퓨터의 다른 사용자가 keys 파일을 읽을 수 있습니다. chmod 600 으로 막으세요."))
    if host not in _LOOPBACK:
        screen.note(
            _("주의: 암호화되지 않은 http 로 바깥에 답합니다. 되도록 https 를 맡는 웹 서버(프록시) 뒤에서 쓰세요.")
        )
    screen.line(_("멈추려면 Ctrl-C 를 누르세요."))
    try:
        serving.run()
    except KeyboardInterrupt:
        screen.line(_("멈췄습니다. 확인해 준 것은 모두 저장되어 있습니다."))


def shown_key(vkey: str) -> str:
    """Return a public key as it is told: whole where it fits on a line, else by name, identifier and fingerprint."""
    if len(vkey) <= _LONGEST_SHOWN:
        return vkey
    name, _plus, rest = vkey.partition("+")
    key_id, _plus, encoded = rest.partition("+")
    digest = hashlib.sha256(encoded.encode()).hexdigest()
    return _("{name}+{id} (긴 열쇠, SHA-256 지문 {digest})", name=name, id=key_id, digest=digest)


def _lines(file: Path) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, _read(file).decode("utf-8", "replace").splitlines())))


def _read(file: Path) -> bytes:
    """Return what the file holds, cut off behind the most that any such file has. Raises `PathMissingError`."""
    try:
        with file.expanduser().open("rb") as stream:
            return stream.read(MOST_POLICY_BYTES + 1)
    except (FileNotFoundError, IsADirectoryError) as error:
        raise PathMissingError(path=str(file)) from error
