"""The commands, what each is for, and how help is laid out."""

import re
from collections.abc import Sequence
from typing import Any

from cyclopts import App, Group, Parameter
from rich.console import Console, ConsoleOptions
from rich.text import Text

from haechi import __version__
from haechi.cli import screen
from haechi.language import _, korean

COMMANDS = {
    "create": ("haechi.cli.create:create", korean("금고를 만듭니다. 가진 것을 암호화해서 넣어 두는 폴더입니다.")),
    "case": ("haechi.cli.case:case", korean("사건을 열거나, 사건 목록을 봅니다. 나이와 보관 방식을 먼저 정합니다.")),
    "import": ("haechi.cli.import_export:import_export", korean("대화 내보내기나 사진, 영상을 금고에 넣습니다.")),
    "match": ("haechi.cli.match:match", korean("같은 사진이 어디에 또 있는지 찾습니다.")),
    "trace": ("haechi.cli.trace:trace", korean("찾은 사진이 내 사진 가운데 어느 것으로 만들어졌는지 견주어 봅니다.")),
    "audience": (
        "haechi.cli.audience:audience",
        korean("내 사진을 어디에 언제 올렸고 누가 볼 수 있었는지 적어 둡니다. 범위일 뿐, 누가 했다는 뜻이 아닙니다."),
    ),
    "items": ("haechi.cli.items:items", korean("내 사진과 찾은 것의 번호를 봅니다. 사진은 띄우지 않습니다.")),
    "rooms": ("haechi.cli.rooms:rooms", korean("방 번호와 메시지 번호를 봅니다. 일부만 낼 때 고르는 데 씁니다.")),
    "packet": ("haechi.cli.packet:packet", korean("경찰에 낼 증거 묶음을 만듭니다.")),
    "redact": ("haechi.cli.redact:redact", korean("사진의 일부를 검게 칠하거나 메시지의 일부를 뺀 사본을 만듭니다.")),
    "recipient": ("haechi.cli.recipient:recipient", korean("증거 묶음을 받을 사람과 그 열쇠의 목록입니다.")),
    "hand-over": (
        "haechi.cli.hand_over:hand_over",
        korean("증거 묶음을 받는 사람만 열 수 있는 파일로 만듭니다. 보내지는 않습니다."),
    ),
    "share": (
        "haechi.cli.share:share",
        korean("찾은 사진의 해시만 파일로 만듭니다. 다른 곳에서 같은 사진을 찾게 할 때 씁니다. 보내지는 않습니다."),
    ),
    "receipt": ("haechi.cli.receipt:receipt", korean("받는 사람이 서명한 수령증을 확인하고 보관합니다.")),
    "verify-packet": ("haechi.cli.verify_packet:verify_packet", korean("증거 묶음이 만든 그대로인지 확인합니다.")),
    "tiles": (
        "haechi.cli.tiles:tiles",
        korean("기록을 다른 사람이 확인할 수 있는 파일로 내보냅니다. 이름도 내용도 들어 있지 않습니다."),
    ),
    "status": ("haechi.cli.status:status", korean("금고에 무엇이 얼마나 있는지 봅니다. 내용은 보여 주지 않습니다.")),
    "verify": ("haechi.cli.verify:verify", korean("금고의 기록을 처음부터 다시 계산해 확인합니다.")),
    "anchor": (
        "haechi.cli.anchor:anchor",
        korean("기록이 지금 있었다는 것을 바깥의 시점확인 기관과 증인에게 확인받습니다. 내용은 보내지 않습니다."),
    ),
    "authority": ("haechi.cli.authority:authority", korean("기록의 시각을 확인해 줄 시점확인 기관을 정합니다.")),
    "witness": (
        "haechi.cli.witness:witness",
        korean("기록이 되돌려지거나 바뀌지 않았음을 확인해 주는 기관(증인)을 정하거나, 증인이 됩니다."),
    ),
    "match-server": (
        "haechi.cli.match_server:match_server",
        korean("(플랫폼과 센터) 알려진 사진인지 답하는 서버를 켭니다. HMA 를 쓰던 프로그램이 그대로 붙습니다."),
    ),
    "open": ("haechi.cli.open:open_", korean("암호가 맞는지 보고, 열쇠고리가 있으면 lock 할 때까지 열어 둡니다.")),
    "key": ("haechi.cli.key:key", korean("금고를 여는 암호나 복구 키를 바꿉니다.")),
    "split-key": (
        "haechi.cli.split_key:split_key",
        korean("복구 키를 도우미 여러 명의 종이로 나눕니다. 한 장으로는 열리지 않습니다."),
    ),
    "person": ("haechi.cli.person:person", korean("금고를 함께 여는 사람을 더하거나 뺍니다.")),
    "delete": ("haechi.cli.delete:delete", korean("넣은 것을 되살릴 수 없게 없애고, 없앴다는 기록을 남깁니다.")),
    "back-up": (
        "haechi.cli.back_up:back_up",
        korean("금고의 백업을 다른 폴더에 만듭니다. 백업도 암호화되어 있습니다."),
    ),
    "restore": ("haechi.cli.restore:restore", korean("백업에서 금고를 되살립니다. 새 컴퓨터에서도 됩니다.")),
    "lock": ("haechi.cli.lock:lock", korean("열어 둔 금고를 잠급니다.")),
}
PURPOSE = korean(
    "해치는 당신이 이미 가진 대화 내보내기와 사진을 이 컴퓨터 안에서만 다룹니다. 시키지 않으면 아무것도 보내거나 내려받지 않고, "
    "사진을 화면에 띄우지 않으며, 누구를 범인이라고 부르지 않습니다.\n\n"
    "처음이라면: haechi create 로 금고를 만들고, haechi import 내보낸_폴더 로 넣습니다. "
    "무엇을 하는지는 haechi import --help 처럼 명령마다 볼 수 있습니다.",
)
VALUES = {
    "PATH": korean("경로"),
    "TARGET": korean("새_폴더"),
    "NAME": korean("이름"),
    "PHOTO": korean("사진_번호"),
    "PHOTOS": korean("사진_번호"),
    "ACCOUNTS": korean("계정"),
    "ROOM": korean("방_번호"),
    "STR": korean("글"),
    "TUPLE": korean("글"),
    "CHOICE": korean("값"),
    "INT": korean("번호"),
    "FILE": korean("파일_경로"),
    "SOURCE": korean("증거_묶음"),
    "OID": korean("번호"),
    "CERTIFICATE": korean("파일_경로"),
    "CHAIN": korean("파일_경로"),
    "TEXT": korean("수령증_파일"),
    "SIGNATURE": korean("서명_파일"),
    "WHAT": korean("바꿀_것"),
    "ACTION": korean("할_일"),
    "LOG_VKEY": korean("공개_열쇠"),
    "VKEY": korean("공개_열쇠"),
    "VKEYS": korean("공개_열쇠"),
    "URL": korean("주소"),
    "FOLDER": korean("폴더"),
}
EVERYWHERE = korean("어느 명령에나: --lang ko|en (언어), --debug (오류가 난 곳 보기, 내용은 나오지 않음)")
_HELP_FLAG = korean("이 도움말을 봅니다.")
_VERSION_FLAG = korean("해치의 버전을 봅니다.")


def make_app() -> App:
    """Return the command line application; its help speaks the language in use."""
    app = App(
        "haechi",
        version=__version__,
        console=Console(),  # the commands that have commands of their own print where this one does
        help=_(PURPOSE),
        help_epilogue=_(EVERYWHERE),
        help_format="plaintext",
        suppress_keyboard_interrupt=False,
        help_formatter=HelpPages(),
        default_parameter=Parameter(negative=(), show_default=False),
        group_commands=Group(korean("명령"), sort_key=1),
        group_arguments=Group(korean("인자"), sort_key=1),
        group_parameters=Group(korean("선택"), sort_key=2),
    )
    for position, (name, (place, purpose)) in enumerate(COMMANDS.items()):
        app.command(place, name=name, help=_(purpose), sort_key=position)
    app["--help"].help = _HELP_FLAG
    app["--version"].help = _VERSION_FLAG
    return app


def group(name: str, purpose: str) -> App:
    """Return a command that has commands of its own, with help as everywhere; `purpose` is a Korean sentence."""
    app = App(
        name,
        help=purpose,
        help_format="plaintext",
        help_formatter=HelpPages(),
        default_parameter=Parameter(negative=(), show_default=False),
        group_commands=Group(korean("명령"), sort_key=1),
        group_arguments=Group(korean("인자"), sort_key=1),
        group_parameters=Group(korean("선택"), sort_key=2),
        version_flags=(),
    )
    app["--help"].help = _HELP_FLAG
    return app


class HelpPages:
    """Lays help out as name above, meaning indented below: readable in 40 columns, read well by a screen reader.

    The usage line waits for the first panel: only that one knows what the arguments that may be left out are called.
    """

    def __init__(self) -> None:
        self._usage = ""
        self._description = ""

    def __call__(self, console: Console, options: ConsoleOptions, panel: Any) -> None:  # noqa: ANN401 - cyclopts' class
        """Print one panel of commands or parameters."""
        del options
        self._begin(console, panel)
        if panel.entries:
            console.print(Text(_(str(panel.title)), style="bold"))
        for entry in panel.entries:
            console.print(Text("  " + "  ".join(self._names(entry)), style="cyan"))
            told = _(_text(entry.description))
            if entry.required:
                told += " " + _("(꼭 필요)")
            if entry.choices:
                told += " " + _("고를 수 있는 값: {choices}", choices=", ".join(entry.choices))
            screen.hanging(console, "      ", told)
        if panel.entries:
            console.print()

    def render_usage(self, console: Console, options: ConsoleOptions, usage: object) -> None:
        """Keep the usage line for the first panel."""
        del console, options
        self._usage = _text(usage).strip().removeprefix("Usage:").strip()

    def render_description(self, console: Console, options: ConsoleOptions, description: object) -> None:
        """Keep what the program or the command is for."""
        del console, options
        self._description = _text(description).strip()

    def _begin(self, console: Console, panel: Any) -> None:  # noqa: ANN401 - cyclopts' class
        """Print usage and description, once."""
        if not self._usage or not panel.entries:
            return
        names = [(entry.required, label) for entry in panel.entries for label in entry.display_labels_with_metavar[:1]]
        named = " ".join(f"[{label}]" for required, label in names if not required and not label.startswith("-"))
        for foreign, own in (
            ("COMMAND", _("명령 …")),
            ("[ARGS...]", named.removesuffix("]") + " …]" if named else ""),
            ("[ARGS]", named),
            ("[OPTIONS]", _("[선택]")),
        ):
            self._usage = self._usage.replace(foreign, own)
        line = own_words(self._usage)
        screen.hanging(console, "", _("사용법: {line}", line=" ".join(line.split())), style="bold")
        console.print()
        if self._description:
            console.print(Text(_(self._description)))
            console.print()
        self._usage = self._description = ""

    def _names(self, entry: Any) -> Sequence[str]:  # noqa: ANN401 - cyclopts' class
        return [own_words(name) for name in entry.display_labels_with_metavar if name]


def own_words(typed: str) -> str:
    """Return how a command is typed, with the names of its values in the language in use."""
    return re.sub(r"\b[A-Z_]+\b", lambda found: _(VALUES[found[0]]).upper() if found[0] in VALUES else found[0], typed)


def _text(renderable: object) -> str:
    """Return the words of what cyclopts hands a formatter: text, or a wrapper that knows its plain form."""
    if renderable is None:
        return ""
    renderable = getattr(renderable, "primary_renderable", renderable)
    return str(getattr(renderable, "plain", renderable))
