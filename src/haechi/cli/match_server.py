"""`haechi match-server`: answers platforms and centres that ask whether a picture is known, and keeps their lists."""

import contextvars
import gc
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter
from cyclopts.validators import Number

from haechi.cli import screen
from haechi.cli.app import group
from haechi.cli.cluster_options import ALONE, ClusterOptions
from haechi.cli.results import JSON_HELP, plain_json
from haechi.cli.trouble import UsageError
from haechi.language import _, korean

if TYPE_CHECKING:
    from haechi.web.service import Service

PORT = 8448
FOLDER = Path("haechi-matcher")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_BY = "command line"
_MOST_MINUTES = 7 * 24 * 60
_SWITCH_S = 0.0005
_GARBAGE = 20_000, 20, 100
_MINUTE_S = 60
FOLDER_HELP = korean("해시 목록과 색인이 있는 폴더. 없으면 지금 폴더의 haechi-matcher")
CATALOGUE_HELP = korean("목록을 다른 데이터베이스(PostgreSQL)에 둘 때 그 주소")
Role = Literal["hasher", "matcher", "curator", "admin"]
Kind = Literal["adult", "minor"]
Tier = Literal["self-asserted", "worker-verified", "police", "regulator"]
Format = Literal[
    "ncmec-xml",
    "stopncii-json",
    "threatexchange-json",
    "threatexchange-csv",
    "tech-against-terrorism-json",
    "plain",
]
FORMAT_HELP = korean("목록의 형식")

match_server = group(
    "match-server",
    korean("(플랫폼과 센터) 알려진 사진인지 답하는 서버를 켭니다. HMA 를 쓰던 프로그램이 그대로 붙습니다."),
)
key = group("key", korean("서버에 물을 수 있는 열쇠를 만들고, 보고, 없앱니다."))
match_server.command(key)


@match_server.default
def serve(
    *,
    folder: Annotated[Path, Parameter(help=FOLDER_HELP)] = FOLDER,
    host: Annotated[str, Parameter(help=korean("답할 주소. 없으면 이 컴퓨터 안에서만(127.0.0.1)"))] = "127.0.0.1",
    port: Annotated[int, Parameter(help=korean("답할 포트. 0 은 비어 있는 아무 포트"))] = PORT,
    catalogue: Annotated[str | None, Parameter(help=CATALOGUE_HELP)] = None,
    keyless: Annotated[
        Role | None,
        Parameter(help=korean("열쇠 없이 온 요청에 줄 권한. 이 컴퓨터 안에서만 답할 때만 됩니다")),
    ] = None,
    depicted: Annotated[
        Kind, Parameter(help=korean("HMA 방식의 요청이 뜻하는 목록: 성인(adult)이나 아동·청소년(minor)"))
    ] = "adult",
    fetch_from: Annotated[
        tuple[str, ...],
        Parameter(
            help=korean("사설 주소여도 파일을 가져와도 되는 서버. media.example:8080 처럼, 여러 번 쓸 수 있습니다")
        ),
    ] = (),
    fetch_every: Annotated[
        int | None,
        Parameter(
            validator=Number(gte=1, lte=_MOST_MINUTES),
            help=korean(
                "교환처의 목록을 몇 분마다 저절로 읽을지. 없으면 저절로 읽지 않아서, 시킬 때만 바깥에 묻습니다"
            ),
        ),
    ] = None,
    lists: Annotated[
        Path | None,
        Parameter(
            help=korean("교환처(local_file)가 읽어도 되는 목록 파일의 폴더. 없으면 이 컴퓨터의 파일은 읽지 않습니다")
        ),
    ] = None,
    spread: ClusterOptions = ALONE,
) -> None:
    """Answer until stopped."""
    from haechi.bootstrap.http_serving import bind, make_match_server
    from haechi.domain.api_key import ApiRole
    from haechi.domain.bank import Depicted
    from haechi.web.opening import open_app
    from haechi.web.service import Settings

    if keyless is not None and host not in _LOOPBACK:
        raise UsageError(
            _("열쇠 없이는 이 컴퓨터 밖에 답하지 않습니다."),
            _("--keyless 를 빼고 haechi match-server key add 로 열쇠를 만들거나, --host 를 빼세요."),
        )
    kept_lists = None if lists is None else lists.expanduser()
    if kept_lists is not None and not kept_lists.is_dir():
        raise UsageError(_("목록의 폴더가 없습니다: {path}", path=lists), _("폴더를 만들거나 --lists 를 고치세요."))
    try:
        listening = bind(host, port)
    except (OSError, OverflowError) as error:
        raise UsageError(
            _("이 주소와 포트에서는 답할 수 없습니다: {place}", place=f"{host} {port}"),
            _("다른 프로그램이 쓰고 있는지 보고, --host 나 --port 로 다른 것을 고르세요."),
        ) from error
    settings = Settings(depicted=Depicted(depicted), keyless=ApiRole(keyless) if keyless is not None else None)
    with listening:
        # Threads that add hold the interpreter for 5 ms at a time otherwise, and every answer waits for them several times.
        sys.setswitchinterval(_SWITCH_S)
        place = folder.expanduser()
        spread_out = spread.matcher(place, catalogue, kept_lists)
        opened = open_app(
            place,
            settings,
            catalogue_url=catalogue,
            trusted=fetch_from,
            matcher=spread_out,
            lists=kept_lists,
            fetch_every_s=None if fetch_every is None else _MINUTE_S * fetch_every,
            on_ready=partial(contextvars.copy_context().run, _tell_ready),  # a thread has no language of its own
        )
        shown = f"[{host}]" if ":" in host else host
        screen.title(_("매칭 서버가 답하고 있습니다: {url}", url=f"http://{shown}:{listening.getsockname()[1]}"))
        _tell(folder, opened.state.service, keyless, depicted)
        _tell_exchanges(opened.state.service, fetch_every)
        if host not in _LOOPBACK:
            screen.note(
                _("주의: 암호화되지 않은 http 로 바깥에 답합니다. 되도록 https 를 맡는 웹 서버(프록시) 뒤에서 쓰세요.")
            )
        screen.line(
            _("검색을 준비하고 있습니다. 처음에는 수십 초 걸릴 수 있고, 그때까지 묻는 것에는 503 으로 답합니다.")
        )
        screen.line(_("멈추려면 Ctrl-C 를 누르세요."))
        # What is there now stays until the end: looked through again and again for garbage, it held every answer up for 150 ms
        # about once a second under load. What comes later is mostly gone when its request is, so all of it is seldom looked through.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*_GARBAGE)
        try:
            make_match_server(opened).run(sockets=[listening])
        except KeyboardInterrupt:
            screen.line(_("멈췄습니다. 더한 것은 모두 저장되어 있습니다."))


@match_server.command(
    name="rebuild", help=korean("목록의 기록으로 색인을 처음부터 다시 만듭니다. 서버를 끈 뒤에 씁니다.")
)
def rebuild(
    *,
    folder: Annotated[Path, Parameter(help=FOLDER_HELP)] = FOLDER,
    catalogue: Annotated[str | None, Parameter(help=CATALOGUE_HELP)] = None,
) -> None:
    """Build the index anew."""
    from haechi.bootstrap.matcher_opening import open_matcher

    with open_matcher(folder.expanduser(), catalogue_url=catalogue) as matcher:
        matcher.rebuild_index()
        rows = matcher.index_status().rows
    screen.title(_("색인을 다시 만들었습니다. 해시 {count}개", count=rows))


@match_server.command(
    name="import", help=korean("해시 목록 파일을 서버의 목록에 넣습니다. 다시 넣어도 달라지지 않습니다.")
)
def import_(
    file: Annotated[Path, Parameter(help=korean("목록 파일"))],
    bank: Annotated[str, Parameter(help=korean("넣을 목록의 이름"))],
    /,
    *,
    format: Annotated[Format, Parameter(help=FORMAT_HELP)],  # noqa: A002 - what a person types
    tier: Annotated[
        Tier,
        Parameter(
            help=korean(
                "누구의 말인지: self-asserted 당사자, worker-verified 직원 확인, police 경찰, regulator 심의 기관"
            )
        ),
    ],
    new: Annotated[
        Kind | None, Parameter(help=korean("목록이 없으면 만들기: 성인(adult)이나 아동·청소년(minor)의 사진"))
    ] = None,
    folder: Annotated[Path, Parameter(help=FOLDER_HELP)] = FOLDER,
    catalogue: Annotated[str | None, Parameter(help=CATALOGUE_HELP)] = None,
) -> None:
    """Take a list in."""
    from haechi.bootstrap.matcher_opening import open_matcher
    from haechi.domain import bank as banks
    from haechi.domain.errors import BankMissingError
    from haechi.domain.hash_list import ListFormat

    with open_matcher(folder.expanduser(), catalogue_url=catalogue) as matcher:
        try:
            matcher.bank(bank)
        except BankMissingError:
            if new is None:
                raise
            matcher.add_bank(bank, banks.Depicted(new), by=_BY)
        report = matcher.import_list(file.expanduser(), ListFormat(format), bank, tier=banks.Tier(tier), by=_BY)
    screen.title(_("목록을 넣었습니다: {bank}", bank=bank))
    screen.pairs(
        [
            (_("더함"), _("{count}개", count=report.added)),
            (_("바꿈"), _("{count}개", count=report.replaced)),
            (_("변함없음"), _("{count}개", count=report.unchanged)),
            (_("거둠"), _("{count}개", count=report.withdrawn)),
            (_("확인을 기다림"), _("{count}개", count=report.held)),
            (_("읽지 못함"), _("{count}개", count=report.refused)),
        ]
    )
    if report.quarantine is not None:
        screen.note(_("읽지 못한 줄은 여기에 따로 두었습니다: {path}", path=report.quarantine))


@match_server.command(
    name="export", help=korean("서버의 목록을 해시 목록 파일로 내보냅니다. 해시와 누구의 말인지만 들어갑니다.")
)
def export(
    bank: Annotated[str, Parameter(help=korean("목록의 이름"))],
    file: Annotated[Path, Parameter(help=korean("새 파일"))],
    /,
    *,
    format: Annotated[Format, Parameter(help=FORMAT_HELP)],  # noqa: A002 - what a person types
    folder: Annotated[Path, Parameter(help=FOLDER_HELP)] = FOLDER,
    catalogue: Annotated[str | None, Parameter(help=CATALOGUE_HELP)] = None,
) -> None:
    """Give a list out."""
    from haechi.bootstrap.matcher_opening import open_matcher
    from haechi.domain.hash_list import ListFormat

    with open_matcher(folder.expanduser(), catalogue_url=catalogue) as matcher:
        count = matcher.export_list(bank, ListFormat(format), file.expanduser(), by=_BY)
    screen.title(_("내보냈습니다: {path}. {count}줄", path=file, count=count))


@key.command(name="add", help=korean("열쇠를 만듭니다. 비밀은 이때 한 번만 보입니다."))
def add_key(
    name: Annotated[str, Parameter(help=korean("열쇠의 이름. 누구의 것인지 알 수 있게"))],
    role: Annotated[
        Role,
        Parameter(
            help=korean("할 수 있는 일: hasher 해시 만들기, matcher 묻기, curator 목록 바꾸기, admin 열쇠와 기록 보기")
        ),
    ],
    /,
    *,
    lookups_per_minute: Annotated[int, Parameter(help=korean("1분에 물을 수 있는 수"))] = 60_000,
    folder: Annotated[Path, Parameter(help=FOLDER_HELP)] = FOLDER,
    catalogue: Annotated[str | None, Parameter(help=CATALOGUE_HELP)] = None,
) -> None:
    """Make a key; its secret alone goes to standard output."""
    from haechi.bootstrap.matcher_opening import open_matcher
    from haechi.domain.api_key import ApiRole

    with open_matcher(folder.expanduser(), catalogue_url=catalogue) as matcher:
        secret = matcher.add_key(name, ApiRole(role), lookups_per_minute=lookups_per_minute, by=_BY)
    print(secret)
    screen.note(_("이 한 줄이 열쇠의 비밀입니다. 다시 보여 줄 수 없으니 지금 안전한 곳에 두세요."))
    screen.note(_("요청에 이렇게 붙입니다: Authorization: Bearer (비밀)"))


@key.command(name="list", help=korean("열쇠의 목록을 봅니다. 비밀은 나오지 않습니다."))
def list_keys(
    *,
    json: Annotated[bool, Parameter(help=JSON_HELP)] = False,
    folder: Annotated[Path, Parameter(help=FOLDER_HELP)] = FOLDER,
    catalogue: Annotated[str | None, Parameter(help=CATALOGUE_HELP)] = None,
) -> None:
    """List the keys."""
    from haechi.bootstrap.matcher_opening import open_matcher

    with open_matcher(folder.expanduser(), catalogue_url=catalogue) as matcher:
        found = matcher.keys()
    if json:
        shown = ("name", "role", "lookups_per_minute", "created_at", "revoked_at")
        plain_json({"keys": [{field: getattr(one, field) for field in shown} for one in found]})
        return
    screen.title(_("열쇠 {count}개", count=len(found)))
    for one in found:
        state = _("{at}에 없앰", at=one.revoked_at) if one.revoked_at else _("쓰는 중")
        limit = _("1분에 {count}번", count=one.lookups_per_minute)
        screen.pairs([(one.name, f"{one.role.value}, {limit}, {state}")])
    if not found:
        screen.next_steps([_("haechi match-server key add 이름 matcher — 열쇠를 만듭니다.")])


@key.command(name="revoke", help=korean("열쇠를 없앱니다. 되돌릴 수 없습니다."))
def revoke_key(
    name: Annotated[str, Parameter(help=korean("열쇠의 이름"))],
    /,
    *,
    folder: Annotated[Path, Parameter(help=FOLDER_HELP)] = FOLDER,
    catalogue: Annotated[str | None, Parameter(help=CATALOGUE_HELP)] = None,
) -> None:
    """Revoke a key."""
    from haechi.bootstrap.matcher_opening import open_matcher

    with open_matcher(folder.expanduser(), catalogue_url=catalogue) as matcher:
        matcher.revoke_key(name, by=_BY)
    screen.title(_("열쇠 {name:을/를} 없앴습니다. 이 열쇠로는 더 물을 수 없습니다.", name=name))


def _tell_ready() -> None:
    screen.line(_("준비되었습니다. 이제 물음에 답합니다."))


def _tell_exchanges(service: "Service", fetch_every: int | None) -> None:
    """Say which partners will be asked, and how often."""
    exchanges = [one for one in service.matcher.exchanges.all() if one.is_enabled]
    if fetch_every is not None:
        screen.line(
            _(
                "켜져 있는 교환처 {count}곳의 목록을 {minutes}분마다 저절로 읽습니다.",
                count=len(exchanges),
                minutes=fetch_every,
            )
        )
    elif exchanges:
        screen.line(
            _(
                "교환처 {count}곳의 목록은 시킬 때만 읽습니다. 저절로 읽게 하려면 --fetch-every 15 처럼 켜세요.",
                count=len(exchanges),
            )
        )


def _tell(folder: Path, service: "Service", keyless: str | None, depicted: str) -> None:
    """Say what is served and to whom."""
    banks = service.matcher.banks()
    known = service.matcher.keys()
    keys = [one for one in known if one.revoked_at is None]
    if keyless is not None:
        asking = _("이 컴퓨터의 누구나 ({role})", role=keyless)
    else:
        asking = _("열쇠를 가진 사람만. 열쇠 {count}개", count=len(keys))
    screen.pairs(
        [
            (_("서버의 폴더"), str(folder)),
            (_("목록"), _("{count}개", count=len(banks))),
            (_("내용"), _("{count}개", count=sum(service.matcher.sizes().values()))),
            (_("물을 수 있는 사람"), asking),
            (_("HMA 요청이 묻는 목록"), depicted),
        ]
    )
    if keyless is None and not keys:
        screen.next_steps(
            [
                _(
                    "haechi match-server key add 이름 matcher — 서버를 멈추고 열쇠를 만듭니다. 없으면 아무도 묻지 못합니다."
                )
            ]
        )
    screen.proven(
        [_("같은 사진이거나 조금 바뀐 사진이 목록에 있는지. 파일은 메모리에서만 다루고 저장하지 않습니다.")],
        [_("사진이 무엇을 보여 주는지. 목록에 올린 쪽의 말일 뿐이니, 지우거나 막기 전에 사람이 확인해야 합니다.")],
    )
