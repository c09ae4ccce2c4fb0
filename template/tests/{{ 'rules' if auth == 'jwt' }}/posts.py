"""Who may do what with posts."""

from ..chassis.yours.callers import ADMINS, OWNERS, USERS, Lines

MAY: Lines = {
    "GET /api/v1/users/with-posts": ADMINS,
    "GET /api/v1/users/{user_id}/posts": USERS,
    "POST /api/v1/users/{user_id}/posts/import": OWNERS,
    "GET /api/v1/posts": USERS,
    "GET /api/v1/posts/{post_id}": USERS,
    "POST /api/v1/posts": OWNERS,
    "PATCH /api/v1/posts/{post_id}": OWNERS,
    "DELETE /api/v1/posts/{post_id}": OWNERS,
}
