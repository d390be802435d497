"""A stand-in for Cognito's sign-in pages, which moto does not have.

========================== =====================================================================================
``GET /oauth2/authorize``  begins a sign-in (code flow with PKCE); goes on to ``/login``, or straight back
``GET, POST /login``       asks for name and password, for a password of one's own, for a code of an app
``POST /oauth2/token``     see `localmesh.sites.token_endpoint`, for ``POST /oauth2/revoke`` too
``GET /logout``            ends the session of these pages
========================== =====================================================================================

Who is let in decides the user pool: see `localmesh.aws.cognito`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http.cookies import CookieError, SimpleCookie

from localmesh.aws import cognito
from localmesh.aws.cognito import Answer, Outcome, PasswordError
from localmesh.sites import pages
from localmesh.sites.authorization import (
    Authorization,
    DeclinedError,
    UntrustedError,
    here,
    parameters,
    read_authorization,
)
from localmesh.sites.tickets import Tickets
from localmesh.sites.token_endpoint import SignedIn, TokenEndpoint
from localmesh.web import Request, Response

COOKIE = "localmesh-sign-in"
_SESSION_SECONDS = 3600
_CODE_SECONDS = 300
_STEP_SECONDS = 180
"""As long as Cognito gives people for each."""
_MOST_TRIES = 5


@dataclass(frozen=True)
class _Session:
    """Somebody who is signed in to these pages."""

    pool_id: str
    username: str


@dataclass(frozen=True)
class _Step:
    """Somebody whose password was right, and who has to do something more.

    Attributes:
        who: they.
        outcome: what they have to do.
        left: how many more tries they have.
    """

    who: _Session
    outcome: Outcome
    left: int = _MOST_TRIES


class SignIn:
    """Answers on the sign-in's address.

    Args:
        url: that address.
        addresses: gives the addresses that AWS would serve the site at, and where each is on the mesh.
        title: what the pages are called.
    """

    def __init__(self, url: str, addresses: Callable[[], Mapping[str, str]], title: str) -> None:
        pages.entitle(title)
        self._url = url
        self._addresses = addresses
        self._sessions = Tickets[_Session](_SESSION_SECONDS)
        self._steps = Tickets[_Step](_STEP_SECONDS)
        self._codes = Tickets[SignedIn](_CODE_SECONDS)
        self._token = TokenEndpoint(self._codes)

    def __call__(self, request: Request) -> Response:
        """Answers one request."""
        if request.path in {"/oauth2/token", "/oauth2/revoke"}:
            return self._token(request)
        if (asset := pages.asset(request.path)) is not None:
            return asset
        actions: Mapping[tuple[str, str], Callable[[Request], Response]] = {
            ("GET", "/oauth2/authorize"): self._authorize,
            ("GET", "/login"): self._ask,
            ("POST", "/login"): self._login,
            ("GET", "/logout"): self._logout,
            ("GET", "/"): lambda _: pages.notice("Nothing to sign in to", "A site leads here when it is needed."),
        }
        action = actions.get(("GET" if request.method == "HEAD" else request.method, request.path))
        if action is None:
            return pages.notice("There is no such page", "Sign in from the site.", status=404)
        try:
            return action(request)
        except UntrustedError as untrusted:
            return pages.notice("This sign-in cannot go on", str(untrusted), status=400)
        except DeclinedError as declined:
            return _redirect(declined.location)

    def _authorize(self, request: Request) -> Response:
        wanted = self._wanted(request)
        session = self._session(request)
        if session is not None and session.pool_id == wanted.client.pool_id and _is_enabled(session):
            return self._done(wanted, session, self._cookie(request))
        return _redirect(f"/login?{request.query}")

    def _ask(self, request: Request) -> Response:
        return self._page(self._wanted(request), request)

    def _login(self, request: Request) -> Response:
        wanted = self._wanted(request)
        if request.header("Origin") not in {"", self._url}:
            return pages.notice("This sign-in cannot go on", "It was sent from another page.", status=403)
        given = parameters(request.body.decode("utf-8", "replace"))
        pool_id = wanted.client.pool_id
        if "step" in given:
            step = self._steps.take(given["step"])
            if step is None or step.who.pool_id != pool_id:
                return self._page(wanted, request, error="That took too long. Please sign in again.", status=400)
            if step.outcome is Outcome.NEW_PASSWORD_REQUIRED:
                return self._choose_password(wanted, request, step, given)
            return self._check_code(wanted, request, step, given.get("code", ""))
        username = given.get("username", "").strip()
        answer = cognito.verify_password(pool_id, username, given.get("password", ""))
        return self._next(wanted, request, answer)

    def _next(self, wanted: Authorization, request: Request, answer: Answer) -> Response:
        """Where a right or a wrong password leads."""
        if answer.outcome is Outcome.REFUSED:
            return self._page(wanted, request, username=answer.username, error=answer.message, status=400)
        who = _Session(wanted.client.pool_id, answer.username)
        if answer.outcome is Outcome.OK:
            return self._done(wanted, who, self._sessions.issue(who))
        return self._step_page(wanted, request, _Step(who, answer.outcome))

    def _choose_password(
        self, wanted: Authorization, request: Request, step: _Step, given: Mapping[str, str]
    ) -> Response:
        password = given.get("new_password", "")
        if password != given.get("repeated", ""):
            return self._step_page(wanted, request, step, "The two are not the same.")
        try:
            return self._next(wanted, request, cognito.set_new_password(step.who.pool_id, step.who.username, password))
        except PasswordError as wrong:
            return self._step_page(wanted, request, step, str(wrong).rpartition(": ")[2] + ".")
        except LookupError:
            return self._page(wanted, request, error=cognito.REFUSED, status=400)

    def _check_code(self, wanted: Authorization, request: Request, step: _Step, code: str) -> Response:
        try:
            answer = cognito.verify_code(step.who.pool_id, step.who.username, code)
        except LookupError:
            return self._page(wanted, request, error=cognito.REFUSED, status=400)
        if answer.outcome is not Outcome.REFUSED:
            return self._next(wanted, request, answer)
        if step.left <= 1:
            return self._page(wanted, request, error="Too many wrong codes. Please sign in again.", status=400)
        return self._step_page(wanted, request, replace(step, left=step.left - 1), "This is not the code of now.")

    def _page(
        self, wanted: Authorization, request: Request, *, username: str = "", error: str = "", status: int = 200
    ) -> Response:
        return pages.login(wanted.redirect_uri, request.query, username=username, error=error, status=status)

    def _step_page(self, wanted: Authorization, request: Request, step: _Step, error: str = "") -> Response:
        name, username = self._steps.issue(step), step.who.username
        if step.outcome is Outcome.NEW_PASSWORD_REQUIRED:
            rules = pages.rules(cognito.pool_of(step.who.pool_id))
            return pages.new_password(
                wanted.redirect_uri, request.query, step=name, username=username, rules=rules, error=error
            )
        return pages.code(wanted.redirect_uri, request.query, step=name, username=username, error=error)

    def _done(self, wanted: Authorization, who: _Session, session: str) -> Response:
        code = self._codes.issue(SignedIn(wanted, who.username))
        return _redirect(wanted.answer(code=code), _cookie(session, _SESSION_SECONDS))

    def _logout(self, request: Request) -> Response:
        given = parameters(request.query)
        client = cognito.client_of(given.get("client_id", ""))
        target = given.get("logout_uri", "")
        if client is None or target not in here(client.logout_urls, self._addresses()):
            raise UntrustedError("The client has no such address to go to after a sign-out.")
        self._sessions.take(self._cookie(request))
        return _redirect(target, _cookie("", 0))

    def _wanted(self, request: Request) -> Authorization:
        return read_authorization(request.query, self._addresses())

    def _session(self, request: Request) -> _Session | None:
        return self._sessions.look(self._cookie(request))

    @staticmethod
    def _cookie(request: Request) -> str:
        cookies = SimpleCookie()
        try:
            cookies.load(request.header("Cookie"))
        except CookieError:
            return ""
        return cookies[COOKIE].value if COOKIE in cookies else ""


def _is_enabled(session: _Session) -> bool:
    pool = cognito.pool_of(session.pool_id)
    user = pool.users.get(session.username) if pool is not None else None
    return user is not None and bool(user.enabled)


def _cookie(value: str, seconds: int) -> tuple[str, str]:
    return ("Set-Cookie", f"{COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax")


def _redirect(location: str, *more: tuple[str, str]) -> Response:
    # 303: what was posted here must not be posted there.
    headers = (("Location", location), ("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer"))
    return Response(303, (*headers, *more))
