"""The statements of the applications that are written without SQLAlchemy."""

USER_COLUMNS = "id, email, name, created_at, updated_at"
POST_COLUMNS = ("id", "author_id", "title", "body", "created_at", "updated_at")

READ = f"SELECT {USER_COLUMNS} FROM users WHERE id = $1"
PAGE = f"SELECT {USER_COLUMNS} FROM users ORDER BY id LIMIT $1 OFFSET $2"
PAGE_AFTER = f"SELECT {USER_COLUMNS} FROM users WHERE id > $2 ORDER BY id LIMIT $1"
CREATE = (
    "INSERT INTO users (id, email, name, created_at, updated_at)"
    f" VALUES ($1, $2, $3, $4, $4) RETURNING {USER_COLUMNS}"
)
LATEST_POSTS = (
    f"SELECT {', '.join(f'latest.{name}' for name in POST_COLUMNS)}"
    " FROM unnest($1::uuid[]) WITH ORDINALITY AS author (id, place)"
    " CROSS JOIN LATERAL ("
    "SELECT * FROM posts WHERE author_id = author.id ORDER BY id DESC LIMIT 10"
    ") AS latest ORDER BY place, latest.id DESC"
)
