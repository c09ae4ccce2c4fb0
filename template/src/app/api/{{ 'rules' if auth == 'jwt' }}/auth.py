"""Who may register, sign in and sign out."""

from ...chassis.http.guard import Rules
from ..callers import everybody, newcomers, users

RULES: Rules = {
    "POST /api/v1/auth/register": newcomers,
    "POST /api/v1/auth/login": everybody,
    "POST /api/v1/auth/refresh": everybody,
    "POST /api/v1/auth/logout": everybody,
    "GET /api/v1/users/me": users,
}
