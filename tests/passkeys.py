"""A passkey made of software, for tests without a browser: it answers what a page asks of `navigator`."""

from __future__ import annotations

import json
import secrets
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

FLAG = AuthenticatorData.FLAG


class Passkey:
    """`origin` is the address at which its owner believes to be; `verifies` asks for finger, face or PIN."""

    def __init__(self, *, origin: str = "http://localhost:8000", verifies: bool = True) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.origin = origin
        self.verifies = verifies
        self.user = ""

    def create(self, options: dict[str, Any]) -> str:
        """Answers a set-up page."""
        asked = options["publicKey"]
        self.user = asked["user"]["id"]
        public = ES256.from_cryptography_key(self.key.public_key())
        credential = AttestedCredentialData.create(Aaguid.NONE, self.id, public)
        data = AuthenticatorData.create(_hash(asked["rp"]["id"]), self._flags() | FLAG.AT, 0, credential)
        said = CollectedClientData.create("webauthn.create", asked["challenge"], self.origin)
        return self._answer(
            clientDataJSON=websafe_encode(said),
            attestationObject=websafe_encode(AttestationObject.create("none", data, {})),
            transports=["internal"],
        )

    def get(self, options: dict[str, Any]) -> str:
        """Answers a page that wants to be shown it."""
        asked = options["publicKey"]
        data = AuthenticatorData.create(_hash(asked["rpId"]), self._flags(), 1)
        said = CollectedClientData.create("webauthn.get", asked["challenge"], self.origin)
        signature = self.key.sign(data + said.hash, ec.ECDSA(SHA256()))
        return self._answer(
            clientDataJSON=websafe_encode(said),
            authenticatorData=websafe_encode(data),
            signature=websafe_encode(signature),
            userHandle=self.user,
        )

    def _flags(self) -> FLAG:
        return FLAG.UP | FLAG.UV if self.verifies else FLAG.UP

    def _answer(self, **response: Any) -> str:
        own = websafe_encode(self.id)
        results = {"credProps": {"rk": True}}
        return json.dumps(
            {
                "id": own,
                "rawId": own,
                "type": "public-key",
                "response": response,
                "clientExtensionResults": results,
            }
        )


def _hash(host: str) -> bytes:
    return sha256(host.encode()).digest()


def add(user: Any) -> Passkey:
    """Gives somebody a passkey without a page."""
    from allauth.account.utils import user_pk_to_url_str
    from allauth.mfa.webauthn.internal.auth import WebAuthn

    made = Passkey()
    handle = websafe_encode(user_pk_to_url_str(user).encode())
    asked = {"challenge": websafe_encode(b"x" * 16), "rp": {"id": "localhost"}, "user": {"id": handle}}
    WebAuthn.add(user, "Work laptop", json.loads(made.create({"publicKey": asked})))
    return made
