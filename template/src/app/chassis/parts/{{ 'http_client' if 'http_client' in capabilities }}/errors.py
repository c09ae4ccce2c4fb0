"""Why a call to another service brought no answer.

ServiceError
└── CallFailed                   502
    ├── UpstreamUnavailable      502
    ├── UpstreamTooSlow          504
    ├── UpstreamBusy             503, with Retry-After
    └── AddressRefused           422

They hold nothing that the other service said, and no URL: its query may be a secret.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import ClassVar

from ...errors import UNPROCESSABLE_CONTENT, ServiceError


class CallFailed(ServiceError):
    """Any of these."""

    status: ClassVar[int] = HTTPStatus.BAD_GATEWAY
    detail = "Another service, which this one needs, did not answer as it should."

    cause = ""
    """What happened, in the words of the library."""

    is_final = False
    """Whether it would happen again."""


class UpstreamUnavailable(CallFailed):
    """Nobody there, hung up, or an answer that is none."""


class UpstreamTooSlow(CallFailed):
    status = HTTPStatus.GATEWAY_TIMEOUT
    detail = "Another service, which this one needs, did not answer in time."


class UpstreamBusy(CallFailed):
    """Too many calls are waiting for answers already."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    detail = "Too many calls to other services are being made right now."
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "1"}


class AddressRefused(CallFailed):
    status = UNPROCESSABLE_CONTENT
    detail = "This address can't be called."
    is_final = True
