"""Rules for posts ask the primary who wrote them: a replica lags behind."""

from ...chassis.running import Running
from ...resources.accounts import person
from ...resources.posts import post_body


async def test_an_author_may_change_a_post_that_the_replica_has_not_seen(lagging: Running) -> None:
    author, stranger = await person(lagging), await person(lagging)
    body = post_body(author_id=str(author.id))
    created = await lagging.client.post("/api/v1/posts", json=body, headers=author.headers)
    path = f"/api/v1/posts/{created.json()['id']}"

    refused = await lagging.client.delete(path, headers=stranger.headers)
    allowed = await lagging.client.delete(path, headers=author.headers)

    assert (created.status_code, refused.status_code, allowed.status_code) == (201, 403, 204)
