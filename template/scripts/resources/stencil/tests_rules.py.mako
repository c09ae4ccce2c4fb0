"""Who may do what with ${r.several}."""

from ..chassis.yours.callers import ADMINS, OWNERS, USERS, Lines

MAY: Lines = {
    "GET ${r.url}": ${"ADMINS" if owner else "USERS"},
    "GET ${r.url}/{${r.name}_id}": ${"OWNERS" if owner else "USERS"},
    "POST ${r.url}": ${"OWNERS" if owner else "ADMINS"},
    "PATCH ${r.url}/{${r.name}_id}": ${"OWNERS" if owner else "ADMINS"},
    "DELETE ${r.url}/{${r.name}_id}": ${"OWNERS" if owner else "ADMINS"},
}
