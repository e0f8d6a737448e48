"""The receipt of a hand-over: a fixed text that the receiver signs, and what it says."""

import re
from dataclasses import dataclass

RECEIPT_NAMESPACE = "receipt@haechi"
"""The SSH signature namespace of receipts: a signature made for anything else is no receipt."""
MOST_RECEIPT_BYTES = 4096

_HEAD = "haechi receipt v1"
_TEXT = """{head}
packet: {packet}
digest: {digest}
transfer: {transfer}

위에 적힌 것을 받았습니다. digest 는 묶음의 tagmanifest-sha256.txt 를 SHA-256 으로 계산한 값입니다.
이 파일(FILE)을 한 글자도 바꾸지 말고 당신의 SSH 열쇠(KEY)로 아래처럼 서명해, 생긴 .sig 파일과 함께 돌려주세요.

I received what is named above. The digest is the SHA-256 of the packet's tagmanifest-sha256.txt.
Do not change this file (FILE). Sign it with your SSH key (KEY) as below, and send it back with the .sig file that this makes.

ssh-keygen -Y sign -n {namespace} -f KEY FILE
"""
_FORM = re.compile(
    rf"{_HEAD}\npacket: ([A-Za-z0-9-]{{1,64}})\ndigest: ([0-9a-f]{{64}})\ntransfer: ([0-9a-f]{{32}})\n\n", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Which hand-over a receipt is of."""

    packet_id: str
    digest: str
    transfer_id: str

    def text(self) -> str:
        """Return the one text that is signed for this hand-over."""
        return _TEXT.format(
            head=_HEAD,
            packet=self.packet_id,
            digest=self.digest,
            transfer=self.transfer_id,
            namespace=RECEIPT_NAMESPACE,
        )

    @classmethod
    def parse(cls, text: str) -> "Receipt":
        """Return what a receipt names; its words may still differ from `text`. Raises `ValueError`."""
        found = _FORM.match(text)
        if found is None:
            raise ValueError(text[:80])
        return cls(*found.groups())
