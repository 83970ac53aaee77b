"""Ed25519 keys of the registry: made on first use, or one shared by configuration; rotated; verified.

Public keys that were ever active stay trusted until a person forgets them. Trust is kept in files, never in the
database: who can write rows must not be able to bless them. Not stopped: someone who can read the key file.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from domain.errors import IntegrityBroken, SettingsProblem

ACTIVE = "signing.key"
TRUSTED = "trusted"
NO_FOLDER = "Without a folder for keys there is nowhere to keep what is trusted."


@dataclass(frozen=True, kw_only=True)
class SigningKeys:
    """The active private key and every public key that is trusted, by key id; ``shared`` by configuration."""

    key_id: str
    private: Ed25519PrivateKey = field(repr=False)
    trusted: dict[str, Ed25519PublicKey]
    folder: Path | None = None
    shared: bool = False

    def sign(self, message: bytes) -> str:
        """Return the signature by the active key, base64."""
        return base64.b64encode(self.private.sign(message)).decode("ascii")

    def require_valid(self, message: bytes, signature: str, key_id: str, *, what: str) -> None:
        """Refuse a message that no trusted key signed.

        Raises:
            IntegrityBroken: unknown key, or a signature that does not match.
        """
        public = self.trusted.get(key_id)
        if public is None:
            raise IntegrityBroken(
                f"{what} is signed by a key that is not trusted here ({key_id[:16] or 'none'}).",
                remedy="Trust the key if you know it (main.py tools keys trust), or restore a backup.",
            )
        try:
            public.verify(base64.b64decode(signature, validate=True), message)
        except (InvalidSignature, binascii.Error, ValueError) as error:
            raise IntegrityBroken(
                f"{what} does not match its signature: it was changed outside the registry.",
                remedy="It is not used. Restore a backup, or learn the tool again.",
            ) from error


def open_keys(folder: Path | None, *, shared: str = "") -> SigningKeys:
    """Return the keys of a folder, made on first use, or with the shared private key as the active one.

    ``shared`` is the private key in base64 (32 bytes), the same on all servers of one registry.

    Raises:
        SettingsProblem: neither a folder nor a shared key, or a key that is none.
    """
    trusted = read_trusted(folder) if folder is not None else {}
    if shared:
        private = parse_private(shared, where="The shared signing key")
    elif folder is not None:
        private = read_or_make(folder)
    else:
        raise SettingsProblem("There is neither a folder for the signing key nor a shared key.")
    key_id = id_of(private.public_key())
    if folder is not None and key_id not in trusted:
        trust(folder, public_text(private.public_key()))  # other processes look here for keys made after they began
    trusted[key_id] = private.public_key()
    return SigningKeys(key_id=key_id, private=private, trusted=trusted, folder=folder, shared=bool(shared))


def rotate(keys: SigningKeys) -> SigningKeys:
    """Make a new active key; the old one stays trusted for what it signed.

    Raises:
        SettingsProblem: the key is shared by configuration and is changed there.
    """
    folder = keys.folder
    if folder is None or keys.shared:
        raise SettingsProblem(
            "The signing key comes from the configuration.",
            remedy="Trust its public key, then change the key in the configuration of every server.",
        )
    trust(folder, public_text(keys.private.public_key()))
    made = Ed25519PrivateKey.generate()
    fresh = folder / f".{secrets.token_hex(8)}"
    write_private(fresh, made)
    fresh.replace(folder / ACTIVE)
    trust(folder, public_text(made.public_key()))  # after the key is in place: other processes look when this changes
    return reread(keys)


def trust(folder: Path, public: str) -> str:
    """Trust a public key (base64, 32 bytes) from now on; returns its key id.

    Raises:
        SettingsProblem: the text is no public key.
    """
    key = parse_public(public)
    (folder / TRUSTED).mkdir(parents=True, exist_ok=True, mode=0o700)
    key_id = id_of(key)
    draft = folder / TRUSTED / f".{secrets.token_hex(8)}"
    draft.write_text(public_text(key), encoding="ascii")
    draft.replace(folder / TRUSTED / f"{key_id}.pub")  # whole or not at all: other processes read it at any time
    return key_id


def distrust(keys: SigningKeys, key_id: str) -> SigningKeys:
    """Stop trusting a key: what it signed is refused from now on, here and in every process on this folder.

    Raises:
        SettingsProblem: it is the key that signs, no key of that id is trusted, or there is no folder.
    """
    if keys.folder is None:
        raise SettingsProblem(NO_FOLDER)
    if key_id == keys.key_id:
        raise SettingsProblem(
            f"{key_id} signs here now.", remedy="Put a new one in its place first: main.py tools keys rotate --resign"
        )
    if key_id not in keys.trusted:
        raise SettingsProblem(f"No key {key_id[:40]!r} is trusted.", remedy="See: main.py tools keys list")
    (keys.folder / TRUSTED / f"{key_id}.pub").unlink(missing_ok=True)
    return reread(keys)


def changed_at(folder: Path | None) -> int:
    """Return a number that changes whenever a key of the folder is made, trusted or distrusted."""
    try:
        return 0 if folder is None else os.stat(f"{folder}/{TRUSTED}").st_mtime_ns  # noqa: PTH116 a third of Path's time
    except FileNotFoundError:
        return 0


def reread(keys: SigningKeys) -> SigningKeys:
    """Return the keys as the folder has them now; a shared key stays the active one."""
    if keys.folder is None:
        return keys
    private = keys.private if keys.shared else read_or_make(keys.folder)
    key_id = id_of(private.public_key())
    trusted = {**read_trusted(keys.folder), key_id: private.public_key()}
    return replace(keys, key_id=key_id, private=private, trusted=trusted)


def read_or_make(folder: Path) -> Ed25519PrivateKey:
    """Return the folder's private key; of several processes that make one at once, one wins."""
    path = folder / ACTIVE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = folder / f".{secrets.token_hex(8)}"
        write_private(draft, Ed25519PrivateKey.generate())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first: its key is the key
        finally:
            draft.unlink()
    return parse_private(path.read_text(encoding="ascii", errors="replace"), where=str(path))


def write_private(path: Path, key: Ed25519PrivateKey) -> None:
    """Write a private key that only its owner can read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(base64.b64encode(key.private_bytes_raw()))
        file.flush()
        os.fsync(file.fileno())


def read_trusted(folder: Path) -> dict[str, Ed25519PublicKey]:
    """Return the trusted public keys of a folder by key id."""
    files = sorted((folder / TRUSTED).glob("*.pub"))
    keys = [parse_public(file.read_text(encoding="ascii", errors="replace")) for file in files]
    return {id_of(key): key for key in keys}


def parse_private(text: str, *, where: str) -> Ed25519PrivateKey:
    """Read a private key from base64.

    Raises:
        SettingsProblem: the text is no key; it is never quoted.
    """
    try:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(text.strip(), validate=True))
    except (binascii.Error, ValueError) as error:
        raise SettingsProblem(
            f"{where} is not an Ed25519 private key (32 bytes in base64).",
            remedy="Restore it from a backup. Without it new versions need a new key; old ones stay trusted.",
        ) from error


def parse_public(text: str) -> Ed25519PublicKey:
    """Read a public key from base64.

    Raises:
        SettingsProblem: the text is no key.
    """
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(text.strip(), validate=True))
    except (binascii.Error, ValueError) as error:
        raise SettingsProblem("This is not an Ed25519 public key (32 bytes in base64).") from error


def public_text(key: Ed25519PublicKey) -> str:
    """Return a public key in base64."""
    return base64.b64encode(key.public_bytes_raw()).decode("ascii")


def id_of(key: Ed25519PublicKey) -> str:
    """Return the first 16 hex digits of the sha256 of the public key."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]
