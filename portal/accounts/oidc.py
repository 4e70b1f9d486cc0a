"""The conversation with a provider of OIDC: authorization code with PKCE, state and nonce.

No token leaves this module: what the provider says of a person comes out as plain values.
"""

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from flask import current_app
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from requests import RequestException

from portal.config import OidcSettings, Settings
from tenants.accounts.identities import Vouched
from tenants.accounts.keys import seal, unseal
from tenants.errors import DomainError, NotFoundError

_PURPOSE = "oidc"
_HOLDS_SECONDS = 600
_TIMEOUT_SECONDS = (3, 5)
_FRESH_SECONDS = 3600
_LEEWAY_SECONDS = 60
_SIGNED_WITH = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_LONGEST_SUBJECT = 255
_SECOND_FACTORS = frozenset({"mfa", "otp", "hwk"})
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_known: dict[str, tuple[float, Any]] = {}
"""What was read at an address, and when; a process asks once an hour."""
_log = structlog.get_logger("portal.oidc")


class OidcError(Exception):
    """The provider cannot be reached, or its answer is not to be believed."""


@dataclass(frozen=True)
class Flow:
    """What a browser carries from the start to the return, sealed."""

    state: str
    nonce: str
    verifier: str
    target: str
    """Where the person wanted to go."""
    sign_in_id: int = 0
    """The sign-in that asked for a link; 0 where somebody wants to sign in."""


def check(settings: Settings) -> None:
    """Stop a process whose settings of the provider are incomplete.

    Raises:
        DomainError: naming what is missing.

    """
    oidc = settings.oidc
    if oidc is None:
        return
    needed = {
        "OIDC_CLIENT_ID": oidc.client_id,
        "OIDC_CLIENT_SECRET": oidc.client_secret,
        "PORTAL_ADDRESS": settings.address,
    }
    for name, value in needed.items():
        if not value:
            raise DomainError(f"Не задана переменная окружения {name}: она нужна для входа через OIDC_ISSUER.")
    parts = urlsplit(oidc.issuer)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise DomainError("OIDC_ISSUER: адрес начинается с https://.")


def provider() -> OidcSettings:
    """Return the provider of this portal.

    Raises:
        NotFoundError: people sign in by password only.

    """
    found: OidcSettings | None = current_app.config["SETTINGS"].oidc
    if found is None:
        raise NotFoundError
    return found


def begin(target: str, *, sign_in_id: int = 0) -> tuple[str, str]:
    """Return the provider's address to send a browser to, and the sealed flow that the browser has to bring back.

    Raises:
        OidcError: the provider does not answer.

    """
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    flow = Flow(state, nonce, verifier, target, sign_in_id)
    described = _description(provider())
    with _client() as client:
        address, _ = client.create_authorization_url(
            described["authorization_endpoint"], state=flow.state, code_verifier=flow.verifier, nonce=flow.nonce
        )
    return str(address), seal(_PURPOSE, json.dumps(asdict(flow)).encode()).decode()


def flow_of(sealed: str, state: str) -> Flow | None:
    """Return the flow that a browser brings back; None when it is not the one it left with or took too long."""
    content = unseal(_PURPOSE, sealed.encode(), seconds=_HOLDS_SECONDS) if sealed else None
    flow = Flow(**json.loads(content)) if content else None
    if flow is None or not secrets.compare_digest(flow.state.encode(), state.encode()):
        return None
    return flow


def vouched_by(code: str, flow: Flow) -> Vouched:
    """Change the code for what the provider says of the person.

    Raises:
        OidcError: the provider does not answer, refuses the code, or says what does not fit this flow.

    """
    settings = provider()
    described = _description(settings)
    try:
        with _client() as client:
            token = client.fetch_token(described["token_endpoint"], code=code, code_verifier=flow.verifier)
            claims = _claims(settings, described, token, flow.nonce)
            if settings.trust_email and "email" not in claims and "userinfo_endpoint" in described:
                claims |= _user_info(client, described["userinfo_endpoint"], claims["sub"])
    except (AuthlibBaseError, JoseError, RequestException, ValueError, KeyError, TypeError) as error:
        # Messages of these quote tokens and answers; the kind says enough.
        _log.warning("refused", error=type(error).__name__)
        raise OidcError from error
    return _believed(settings, claims)


def _client() -> OAuth2Session:
    settings: Settings = current_app.config["SETTINGS"]
    oidc = provider()
    return OAuth2Session(
        oidc.client_id,
        oidc.client_secret,
        scope="openid email",
        redirect_uri=settings.address.rstrip("/") + "/sign-in/oidc/return",
        code_challenge_method="S256",
        default_timeout=_TIMEOUT_SECONDS,
    )


def _description(settings: OidcSettings) -> Mapping[str, Any]:
    described: Mapping[str, Any] = _read(settings.issuer.rstrip("/") + "/.well-known/openid-configuration")
    if described.get("issuer") != settings.issuer:
        _log.error("foreign_issuer")
        raise OidcError
    return described


def _read(address: str, *, again: bool = False) -> Any:  # noqa: ANN401 - JSON of a provider
    at, known = _known.get(address, (0.0, None))
    if known is not None and not again and time.monotonic() - at < _FRESH_SECONDS:
        return known
    try:
        with _client() as client:
            answer = client.get(address, withhold_token=True)
            answer.raise_for_status()
            found = answer.json()
    except (RequestException, ValueError) as error:
        _log.warning("unreachable", error=type(error).__name__)
        raise OidcError from error
    _known[address] = (time.monotonic(), found)
    return found


def _claims(settings: OidcSettings, described: Mapping[str, Any], token: Any, nonce: str) -> dict[str, Any]:  # noqa: ANN401 - Authlib's token
    advertised = described.get("id_token_signing_alg_values_supported", ["RS256"])
    registry = JWSRegistry(algorithms=[one for one in _SIGNED_WITH if one in advertised], strict_check_header=False)
    try:
        read = jwt.decode(token["id_token"], KeySet.import_key_set(_read(described["jwks_uri"])), registry=registry)
    except (InvalidKeyIdError, BadSignatureError):
        keys = KeySet.import_key_set(_read(described["jwks_uri"], again=True))
        read = jwt.decode(token["id_token"], keys, registry=registry)
    claims = CodeIDToken(
        read.claims,
        read.header,
        {
            "iss": {"essential": True, "value": settings.issuer},
            "aud": {"essential": True, "value": settings.client_id},
        },
        {"nonce": nonce, "client_id": settings.client_id, "access_token": token["access_token"]},
    )
    claims.validate(leeway=_LEEWAY_SECONDS)
    return dict(claims)


def _user_info(client: OAuth2Session, address: str, subject: str) -> dict[str, Any]:
    answer = client.get(address)
    answer.raise_for_status()
    told = answer.json()
    if told.get("sub") != subject:
        raise ValueError
    return {name: told[name] for name in ("email", "email_verified") if name in told}


def _believed(settings: OidcSettings, claims: Mapping[str, Any]) -> Vouched:
    subject, email, shown = claims["sub"], claims.get("email"), claims.get("amr")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise OidcError
    trusted = settings.trust_email and claims.get("email_verified") is True and isinstance(email, str)
    factor = settings.trust_factor and isinstance(shown, list) and not _SECOND_FACTORS.isdisjoint(map(str, shown))
    return Vouched(settings.issuer, subject, str(email).strip().lower() if trusted else "", factor)
