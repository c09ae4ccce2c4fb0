"""Why somebody is not let in, or not allowed to.

ServiceError
├── NotSignedIn                  401, with WWW-Authenticate
│   ├── InvalidAccessToken
│   ├── InvalidRefreshToken
│   └── WrongCredentials
├── Forbidden                    403
│   ├── AccountDeactivated
│   ├── NotAllowed
│   └── RegistrationClosed
└── Unavailable                  503, with Retry-After
    └── TooManyPasswords

The answers name no reason beyond the class: whoever guesses must not learn how close it was.
"""

from http import HTTPStatus

from ...errors import ServiceError, Unavailable


class NotSignedIn(ServiceError):
    """There are no credentials: RFC 6750 wants a challenge without an error code then."""

    status = HTTPStatus.UNAUTHORIZED
    detail = "Send an access token: Authorization: Bearer …"
    headers = {"WWW-Authenticate": "Bearer"}


class InvalidAccessToken(NotSignedIn):
    detail = "The access token is expired, malformed or not ours."
    headers = {
        "WWW-Authenticate": 'Bearer error="invalid_token", '
        'error_description="The access token is expired, malformed or not ours."',
    }


class InvalidRefreshToken(NotSignedIn):
    detail = "The refresh token is unknown, expired, used or revoked: log in again."


class WrongCredentials(NotSignedIn):
    detail = "There is no account with this e-mail address and password."


class Forbidden(ServiceError):
    status = HTTPStatus.FORBIDDEN
    detail = "You are not allowed to do this."


class AccountDeactivated(Forbidden):
    """Who it is was proven, so a new token would not help: that is what tells 403 from 401
    (RFC 9110, section 15.5.4)."""

    detail = "This account is deactivated."


class NotAllowed(Forbidden):
    headers = {"WWW-Authenticate": 'Bearer error="insufficient_scope"'}


class RegistrationClosed(Forbidden):
    """No credentials would help, and the answer is the same for every address."""

    detail = "Registration is closed: ask an admin for an account."


class TooManyPasswords(Unavailable):
    detail = "Too many passwords are being checked right now."
