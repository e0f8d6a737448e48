"""SSH signatures: one way to write them, and OpenSSH takes it."""

import base64
import hashlib
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from haechi.adapters.packets import sshsig
from haechi.domain.packet import NAMESPACE
from haechi.domain.sshkey import key_fingerprint, public_blob

SECRET = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = SECRET.public_key().public_bytes_raw()
ARMOUR = sshsig.sign(b"message", PUBLIC, SECRET.sign)


def test_the_key_blob_is_the_one_that_openssh_writes():
    line = SECRET.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    assert base64.b64decode(line.split()[1]) == public_blob(PUBLIC)


def test_a_key_of_another_length_has_no_blob():
    with pytest.raises(ValueError, match="31"):
        public_blob(bytes(31))


def test_the_fingerprint_is_the_one_that_ssh_keygen_prints(program, tmp_path):
    (tmp_path / "key.pub").write_text(f"ssh-ed25519 {base64.b64encode(public_blob(PUBLIC)).decode()}\n")
    done = subprocess.run(
        [program("ssh-keygen"), "-lf", tmp_path / "key.pub"], capture_output=True, text=True, check=True
    )
    assert done.stdout.split()[1] == key_fingerprint(PUBLIC)


def test_what_was_written_is_taken_apart_into_key_and_signature():
    found = sshsig.parse(ARMOUR)
    assert found.public == PUBLIC
    SECRET.public_key().verify(found.signature, sshsig.signed_bytes(hashlib.sha512(b"message").digest()))


@given(st.integers(0, len(ARMOUR) - 1), st.characters(max_codepoint=126))
def test_no_other_text_is_taken_for_the_same_signature(at, character):
    changed = ARMOUR[:at] + character + ARMOUR[at + 1 :]
    try:
        found = sshsig.parse(changed)
    except sshsig.SignatureFormError:
        return
    assert (found == sshsig.parse(ARMOUR)) == (changed == ARMOUR)


@pytest.mark.parametrize("text", ["", "\n", ARMOUR[:-1], ARMOUR + "\n", ARMOUR.replace("\n", "\r\n"), ARMOUR[1:]])
def test_what_is_no_signature_is_refused(text):
    with pytest.raises(sshsig.SignatureFormError):
        sshsig.parse(text)


def test_the_signers_file_names_one_key_for_packets_only(program, tmp_path):
    (tmp_path / "signers").write_text(sshsig.allowed_signers(PUBLIC))
    (tmp_path / "signature").write_text(ARMOUR)
    verify = [program("ssh-keygen"), "-Y", "verify", "-f", tmp_path / "signers", "-I", sshsig.PRINCIPAL]
    verify += ["-s", tmp_path / "signature"]
    assert (
        subprocess.run([*verify, "-n", NAMESPACE], input=b"message", capture_output=True, check=False).returncode == 0
    )
    assert subprocess.run([*verify, "-n", "file"], input=b"message", capture_output=True, check=False).returncode != 0
    assert (
        subprocess.run([*verify, "-n", NAMESPACE], input=b"massage", capture_output=True, check=False).returncode != 0
    )


def test_the_key_in_a_signers_file_comes_back():
    assert sshsig.allowed_public(sshsig.allowed_signers(PUBLIC)) == PUBLIC


@pytest.mark.parametrize("change", ["", "\n", "#", "cert-authority "])
def test_any_other_signers_file_is_refused(change):
    text = sshsig.allowed_signers(PUBLIC)
    with pytest.raises(sshsig.SignatureFormError):
        sshsig.allowed_public((change + text) if change else text[:-1])
