"""Who may do what with users."""

from ..chassis.yours.callers import ADMINS, OWNERS, Lines

MAY: Lines = {
    "GET /api/v1/users": ADMINS,
    "POST /api/v1/users": ADMINS,
    "GET /api/v1/users/{user_id}": OWNERS,
    "PATCH /api/v1/users/{user_id}": OWNERS,
    "DELETE /api/v1/users/{user_id}": OWNERS,
}
