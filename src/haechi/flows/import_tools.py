"""What an import works with: the ports, the case, and who is at the keyboard."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from haechi.domain.canonical import Json
from haechi.domain.case import Case
from haechi.domain.evidence import Role
from haechi.ports.blobs import Blobs
from haechi.ports.container import Container
from haechi.ports.examiner import Examiner
from haechi.ports.ledger import Ledger
from haechi.ports.now import Now
from haechi.ports.progress import Progress
from haechi.ports.randomness import Randomness


@dataclass(frozen=True, slots=True)
class ImportTools:
    """`tool` names haechi and its libraries in the seal record; `checkpoint` signs the log after a commit."""

    container: Container
    case: Case
    role: Role
    examiner: Examiner
    blobs: Blobs
    ledger: Ledger
    now: Now
    randomness: Randomness
    actor: str
    tool: Mapping[str, Json]
    progress: Progress
    checkpoint: Callable[[], object]
