"""E-mail addresses: domains that were checked are remembered, which may change no answer."""

from typing import Annotated, Any

import email_validator
import pytest
from pydantic import AfterValidator, EmailStr, Field, TypeAdapter, ValidationError

from app.chassis.schemas.base import Email, is_plain_domain

EMAIL = TypeAdapter[str](Email)
CHECKED_AS_A_WHOLE = TypeAdapter[str](
    Annotated[EmailStr, Field(max_length=254), AfterValidator(str.lower)]
)
LABEL = "d" * 63
LOCAL_PARTS = ["a", "Ada.Love-lace+x_1", "l" * 64, "l" * 65, "", ".a", "a..b", "a.", "a b", '"a b"']
LOCAL_PARTS += ["\u00e4", "a@b", "Ada <a", "!#$%", "a\n", "\u212a", " a"]
DOMAINS = ["example.org", "Example.ORG", "b\u00fccher.example.org", "xn--bcher-kva.example.org"]
DOMAINS += ["localhost", "a.invalid", "[127.0.0.1]", "-a.org", "a..org", "org", "", "example.org>"]
DOMAINS += ["example.org ", "example.org\n", "\uff45xample.org", "a_b.org", "\u212a.org", "a.org."]
DOMAINS += [f"{LABEL}.{LABEL}.{LABEL}.org", f"{LABEL}d.org", f"{LABEL}.{LABEL}.{LABEL}.{LABEL}.org"]
DOMAINS += [".".join(["\u00fc" * 36] * 3) + ".org"]  # too long behind some: it counts in bytes


def outcome(adapter: TypeAdapter[str], value: object) -> Any:
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        return error.errors(include_url=False, include_context=False)


@pytest.mark.parametrize("domain", DOMAINS)
def test_addresses_are_taken_and_refused_as_ever(domain: str) -> None:
    for local_part in [*LOCAL_PARTS, *LOCAL_PARTS]:
        address = f"{local_part}@{domain}"
        assert outcome(EMAIL, address) == outcome(CHECKED_AS_A_WHOLE, address)


@pytest.mark.parametrize("value", ["", "nobody", b"a@example.org", 5, None])
def test_so_is_what_is_no_address(value: object) -> None:
    assert outcome(EMAIL, value) == outcome(CHECKED_AS_A_WHOLE, value)


def test_the_document_says_what_it_said() -> None:
    assert EMAIL.json_schema() == CHECKED_AS_A_WHOLE.json_schema()


def test_a_domain_is_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    check = email_validator.validate_email

    def noted(email: str, /, **options: Any) -> email_validator.ValidatedEmail:
        checked.append(email)
        return check(email, **options)

    monkeypatch.setattr(email_validator, "validate_email", noted)
    is_plain_domain.cache_clear()
    for name in ("ada", "grace", "joan"):
        EMAIL.validate_python(f"{name}@example.org")

    assert len(checked) == 1


def test_few_domains_are_remembered() -> None:
    for number in range(2000):
        is_plain_domain(f"{number}.example.org")

    assert is_plain_domain.cache_info().currsize < 2000
