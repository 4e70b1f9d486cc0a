"""A passkey in software: signs what a portal at http://localhost asks, as an authenticator does."""

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from tenants.accounts.factor_models import FactorKind, SecondFactor
from tenants.clock import now
from tenants.db import REGISTRY, insert, transaction
from tests.factories.staff import account_of
from tests.factories.tree import unique

_PRESENT, _VERIFIED = 1, 4


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass
class SoftKey:
    """The private half, and how often it has signed."""

    key_id: bytes
    private: ec.EllipticCurvePrivateKey
    count: int = 0

    def answer(self, options: dict, *, verified: bool = True) -> str:
        """Sign a challenge; `verified` says that the key has checked a PIN or a finger."""
        self.count += 1
        told = {"type": "webauthn.get", "challenge": options["challenge"], "origin": "http://localhost"}
        client = json.dumps(told).encode()
        flags = _PRESENT | (_VERIFIED if verified else 0)
        data = hashlib.sha256(b"localhost").digest() + bytes([flags]) + self.count.to_bytes(4, "big")
        signature = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        parts = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return json.dumps(
            {
                "id": _text(self.key_id),
                "rawId": _text(self.key_id),
                "type": "public-key",
                "response": {name: _text(part) for name, part in parts.items()},
            }
        )


def give_passkey(email: str) -> SoftKey:
    """Give an account a passkey."""
    private = ec.generate_private_key(ec.SECP256R1())
    numbers = private.public_key().public_numbers()
    # COSE: an elliptic key (2) for ES256 (-7) on P-256 (1).
    cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
    key = SoftKey(unique("key").encode(), private)
    with transaction(REGISTRY) as session:
        insert(
            session,
            SecondFactor(
                user_id=account_of(email).id,
                kind=FactorKind.PASSKEY,
                name="Ключ",
                credential_id=key.key_id,
                public_key=cbor2.dumps(cose),
                confirmed_at=now(),
            ),
        )
    return key
