"""A witness as C2SP has it, kept in memory, and a vault whose log it and drawn authorities are asked about."""

from contextlib import contextmanager

from drawn_vault import opened, quiet
from haechi.adapters.signing import Ed25519Signer
from haechi.adapters.timestamps import Rfc3161Client
from haechi.bootstrap.witnessing import verifiers
from haechi.domain.anchor import Cosignature, Witness
from haechi.domain.checkpoint import Checkpoint
from haechi.domain.cosignature import cosign
from haechi.domain.custody import Draft, EntryType, open_record
from haechi.domain.errors import WitnessConflictError, WitnessUnreachableError
from haechi.domain.merkle import extends
from haechi.domain.note import COSIGNATURE_ED25519, NoteKey
from haechi.flows.anchor import anchor, prepare_anchor
from haechi.flows.manage_authorities import add_authority, remove_authority
from haechi.flows.verify import Outside, verify

SIGNER = Ed25519Signer(bytes(range(32)))
KEY = NoteKey("partner.example/1", SIGNER.public, COSIGNATURE_ED25519)
WITNESS = Witness("partner", "http://127.0.0.1:1/", (KEY.vkey,))
AT = 1_780_000_000


class MemoryWitness:
    """Follows one log: it cosigns what extends the checkpoint it has seen, and nothing else."""

    def __init__(self, *, is_away: bool = False) -> None:
        self.seen: Checkpoint | None = None
        self.is_away = is_away
        self.asked: list[int] = []

    def add_checkpoint(self, witness, *, old_size, proof, note):
        self.asked.append(old_size)
        if self.is_away:
            raise WitnessUnreachableError(witness=witness.name, reason="connection")
        checkpoint = Checkpoint.parse("\n".join(note.split("\n")[:3]) + "\n")
        seen = self.seen.size if self.seen else 0
        if old_size != seen:
            raise WitnessConflictError(witness=witness.name, size=seen, reason="size")
        if self.seen is not None and not extends(
            self.seen.root, self.seen.size, checkpoint.root, checkpoint.size, proof
        ):
            raise WitnessConflictError(witness=witness.name, size=seen, reason="fork")
        self.seen = checkpoint
        line = cosign(checkpoint.text(), KEY, SIGNER.sign, at=AT)
        return (Cosignature(witness.name, KEY.vkey, line, AT),)


class Partners:
    """What a vault's anchoring needs, opened anew for each use; `pauses` are the waits between rounds."""

    def __init__(self, path, *, witness=None) -> None:
        self.path = path
        self.witness = witness or MemoryWitness()
        self.pauses: list[float] = []

    def add(self, name, url, identity):
        with self.opened() as (vault, stamps):
            one = stamps.authority(
                name, url, certificate=identity.certificate_pem, chain=identity.chain_pem, policy=None
            )
            add_authority(vault, one, actor="person")

    def remove(self, name):
        with opened(self.path) as vault:
            remove_authority(vault, name, actor="person")

    def add_witness(self):
        with opened(self.path) as vault, vault.ledger.begin() as writer:
            writer.set_witness(WITNESS)
            told = {"witness": {"added": WITNESS.name, "url": WITNESS.url, "vkeys": list(WITNESS.vkeys)}}
            writer.append(Draft(EntryType.KEY, "person", vault.tools.now(), opening=open_record(bytes(32), told)))

    def prepare(self):
        with self.opened() as (vault, stamps):
            return prepare_anchor(vault, stamps=stamps)

    def check(self):
        with self.opened() as (vault, stamps):
            return verify(vault, quiet, outside=Outside(stamps.check, verifiers()))

    def anchor(self):
        with self.opened() as (vault, stamps):
            outgoing = prepare_anchor(vault, stamps=stamps)
            done = anchor(
                vault, outgoing, stamps=stamps, witnesses=self.witness, actor="person", pause=self.pauses.append
            )
            return outgoing.because, done

    @contextmanager
    def opened(self):
        with opened(self.path) as vault, Rfc3161Client(vault.tools.randomness, deadline_s=2) as stamps:
            yield vault, stamps
