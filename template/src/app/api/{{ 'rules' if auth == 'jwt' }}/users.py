"""Who may do what with users."""

from ...chassis.http.guard import Rules
from ..callers import admins, oneself_or_admins

RULES: Rules = {
    "GET /api/v1/users": admins,
    "POST /api/v1/users": admins,
    "GET /api/v1/users/{user_id}": oneself_or_admins,
    "PATCH /api/v1/users/{user_id}": oneself_or_admins,
    "DELETE /api/v1/users/{user_id}": oneself_or_admins,
}
