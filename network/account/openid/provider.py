"""The way to the provider and back: who came back, checked.

Authlib keeps `state`, `nonce` and the PKCE verifier in the session, checks each, and checks the signature of
the ID token against the provider's keys. Nothing is asked of the provider beyond the ID token.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst

from network import dates

KEPT = "organisation_sign_in"
"""Where the session keeps what the person wanted when they left for the provider."""

LONGEST = 600  # seconds on the way
ANSWERS_WITHIN = 10  # seconds, of the provider
SIGNED_BY = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"})
ANY_TENANT = "{tenantid}"  # in the issuer of Entra's addresses for several organisations


class NotSignedIn(Exception):
    """The provider sent nobody whom the portal takes; the words say why and what to do."""

    def __init__(self, words: str, code: int = 403) -> None:
        super().__init__(words)
        self.code = code


@dataclass(frozen=True)
class Identity:
    """Who came back. `name` and `account` are shown to that person and neither kept nor matched."""

    issuer: str
    tenant: str
    object_id: str
    name: str
    account: str
    second_factor: bool
    fresh: bool = False  # the provider says that they showed it who they are just now

    @property
    def key(self) -> dict[str, str]:
        """All by which somebody is known."""
        return {"issuer": self.issuer, "tenant": self.tenant, "object_id": self.object_id}


@dataclass(frozen=True)
class Wanted:
    """`again`: they are signed in and were asked again. `invited`: they come from their invitation."""

    to: str
    again: bool = False
    invited: bool = False


def is_on() -> bool:
    return bool(settings.OIDC_CLIENT_ID)


def on_or_404() -> None:
    if not is_on():
        raise Http404("No organisation's accounts are set up.")


def leave(request: HttpRequest, wanted: Wanted) -> HttpResponseRedirect:
    """To the provider; whoever is asked again has to show there who they are. Raises NotSignedIn."""
    from requests import RequestException

    request.session[KEPT] = asdict(wanted)
    more = {"prompt": "login", "max_age": "0"} if wanted.again else {}
    try:
        there: HttpResponseRedirect = _client().authorize_redirect(request, _callback(), **more)
    except (RequestException, ValueError, KeyError, RuntimeError) as error:
        raise NotSignedIn(_away(), 503) from error
    return there


def came_back(request: HttpRequest) -> tuple[Identity, Wanted]:
    """Who came back, and what they had wanted. Raises NotSignedIn."""
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError
    from requests import RequestException

    wanted = Wanted(**request.session.pop(KEPT, {"to": "/"}))
    try:
        token = _client().authorize_access_token(request, claims_options=_claims_wanted())
    except RequestException as error:
        raise NotSignedIn(_away(), 503) from error
    except (AuthlibBaseError, JoseError, ValueError, KeyError, RuntimeError) as error:
        raise NotSignedIn(
            f"Signing in with {settings.OIDC_NAME} was not finished. Try again, and start on this page: "
            "an answer is good for a few minutes and once.",
            400,
        ) from error
    return _identity(token.get("userinfo") or {}, wanted), wanted


def _identity(claims: dict[str, Any], wanted: Wanted) -> Identity:
    tenant, object_id = str(claims.get("tid") or ""), str(claims.get("oid") or "")
    if not (tenant and object_id):
        raise NotSignedIn(
            f"{capfirst(settings.OIDC_NAME)} did not say which account this is. Ask your IT team to "
            "let the portal have the claims “tid” and “oid”."
        )
    expected = _issuer().replace(ANY_TENANT, tenant)
    if tenant not in settings.OIDC_TENANTS or claims.get("iss") != expected:
        raise NotSignedIn(
            "This account belongs to an organisation that does not sign in here in this way. Sign in with "
            "your e-mail address and password instead."
        )
    if wanted.again:
        _shown_anew(claims)
    return Identity(
        issuer=expected,
        tenant=tenant,
        object_id=object_id,
        name=str(claims.get("name") or "")[:120],
        account=str(claims.get("preferred_username") or "")[:120],
        second_factor=_two_steps(claims),
        fresh=_is_new(claims),
    )


def _shown_anew(claims: dict[str, Any]) -> None:
    """Raises NotSignedIn unless the provider says that it asked the person just now."""
    if "auth_time" not in claims:
        raise NotSignedIn(
            f"{capfirst(settings.OIDC_NAME)} did not say when you last showed who you are, so the portal "
            "can’t go by it. Ask your IT team to let the portal have the claim “auth_time”."
        )
    if not _is_new(claims):
        raise NotSignedIn(
            f"{capfirst(settings.OIDC_NAME)} did not ask you anew who you are. Sign out there and try again."
        )


def _is_new(claims: dict[str, Any]) -> bool:
    """Whether the provider says that the person showed who they are (`auth_time`) just now. One that doesn't
    say so may have let in whoever sits at a browser that was signed in there hours ago."""
    at = claims.get("auth_time")
    return isinstance(at, int | float) and abs(dates.wall_clock().timestamp() - at) < LONGEST


def _two_steps(claims: dict[str, Any]) -> bool:
    """Whether the provider says that it asked for a second step (RFC 8176, or a level that is set)."""
    methods = claims.get("amr") or []
    told = methods.split() if isinstance(methods, str) else [str(one) for one in methods]
    return "mfa" in told or str(claims.get("acr") or "") in settings.OIDC_MFA_LEVELS


def _claims_wanted() -> dict[str, Any]:
    """What Authlib checks besides signature, audience, times and nonce; of several tenants `_identity` does
    the issuer."""
    issuer = _issuer()
    exact = {} if ANY_TENANT in issuer else {"values": [issuer]}
    return {"iss": {"essential": True, **exact}, "exp": {"essential": True}, "aud": {"essential": True}}


def _issuer() -> str:
    """As the provider itself says it; the settings name where to ask."""
    return str(_client().load_server_metadata()["issuer"])


def _callback() -> str:
    return f"{settings.PORTAL_URL}{reverse('organisation_back')}"


def _away() -> str:
    return (
        f"{capfirst(settings.OIDC_NAME)} can’t be reached at the moment. Try again later, or sign in "
        "with your e-mail address and password."
    )


def _client() -> Any:
    return _made(settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET)


@lru_cache(maxsize=4)
def _made(issuer: str, client_id: str, secret: str) -> Any:
    """One for each process: it remembers what the provider said of itself."""
    from authlib.integrations.django_client import OAuth

    client = OAuth().register(
        "organisation",
        client_id=client_id,
        client_secret=secret,
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid profile",
            "code_challenge_method": "S256",
            "default_timeout": ANSWERS_WITHIN,
        },
    )
    said = client.load_server_metadata()
    offered = said.get("id_token_signing_alg_values_supported") or ["RS256"]
    said["id_token_signing_alg_values_supported"] = sorted(SIGNED_BY.intersection(offered))
    return client
