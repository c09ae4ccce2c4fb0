"""Who may register, sign in and sign out."""

from ..chassis.yours.callers import EVERYBODY, USERS, Lines

MAY: Lines = {
    "POST /api/v1/auth/register": EVERYBODY,
    "POST /api/v1/auth/login": EVERYBODY,
    "POST /api/v1/auth/refresh": EVERYBODY,
    "POST /api/v1/auth/logout": EVERYBODY,
    "GET /api/v1/users/me": USERS,
}
