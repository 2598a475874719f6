"""Stable names for annotators, so that no e-mail address leaves the sync state."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from annotate.errors import SyncError
from annotate.files import read_text, write_text

_EMAIL = "email:"


@dataclass(frozen=True, slots=True, order=True)
class Person:
    """Who made an annotation, as far as the server says.

    ``server`` is empty for the server of the workspace's project; numbers of another server are
    other people's. ``joined`` is when the account with this number was made: no other server has
    made one of the same number at the same moment, so both together are the person's for good.
    """

    number: int | None = None
    email: str | None = None
    server: str = ""
    joined: str | None = None

    @classmethod
    def of(cls, completed_by: object, server: str = "") -> Self | None:
        """The person behind ``completed_by``: a number, or a mapping with number and e-mail."""
        if isinstance(completed_by, int) and not isinstance(completed_by, bool):
            return cls(number=completed_by, server=server)
        if not isinstance(completed_by, dict):
            return None
        number, email = completed_by.get("id"), completed_by.get("email")
        person = cls(
            number=number if isinstance(number, int) and not isinstance(number, bool) else None,
            email=email.strip().lower() if isinstance(email, str) and email.strip() else None,
            server=server,
        )
        return person if person.keys else None

    @property
    def keys(self) -> tuple[str, ...]:
        """What this person may be known by, the surest first."""
        account = () if self.account is None else (self.account,)
        email = () if self.email is None else (f"{_EMAIL}{self.email}",)
        number = () if self.number is None else (f"{self.server}number:{self.number}",)
        return (*account, *email, *number)

    @property
    def account(self) -> str | None:
        """What stays when an account gets another address; None where that is not known."""
        known = self.number is not None and self.joined
        return f"account:{self.number} of {self.joined}" if known else None


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Which annotator is ``annotator-1`` and so on; never changed, only added to.

    A person is known by the account, whose e-mail address may change, else by e-mail address, else
    by the server's number. A number known without an address takes the address that comes with it
    later. A number that comes with another address than before, and it is not known to be the same
    account, is another server's, and its owner gets a name of their own.
    """

    names: tuple[tuple[str, str], ...] = ()
    """(key, pseudonym) in the order in which they were given."""

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the map; an empty one if there is no such file.

        Raises:
            SyncError: the file is not such a map.
        """
        if not path.is_file():
            return cls()
        try:
            content: Any = json.loads(read_text(path))
            names = tuple((str(key), str(name)) for key, name in content.items())
        except (ValueError, AttributeError):
            msg = (
                f"{path} is not the map of annotators that annotate writes. Put back a copy; if "
                "there is none, remove it and pull again: annotators are then numbered anew."
            )
            raise SyncError(msg) from None
        return cls(names)

    @property
    def by_address(self) -> dict[str, str]:
        """The pseudonym of each e-mail address."""
        return {key.removeprefix(_EMAIL): n for key, n in self.names if key.startswith(_EMAIL)}

    @property
    def addresses(self) -> dict[str, str]:
        """The e-mail address behind each pseudonym, the newest of several, as far as known."""
        return {name: address for address, name in self.by_address.items()}

    def save(self, path: Path) -> None:
        """Write the map, readable by its owner alone (mode 600)."""
        text = json.dumps(dict(self.names), indent=2, ensure_ascii=False)
        write_text(path, text + "\n", private=True)

    def including(self, people: Iterable[Person]) -> "Pseudonyms":
        """A map that knows these people too; newcomers are named in the order of their numbers."""
        known, given = dict(self.names), len({name for _, name in self.names})
        for person in sorted(set(people), key=lambda each: (each.number or 0, each.email or "")):
            name = _lookup(known, person)
            if name is None:
                given += 1
                name = f"annotator-{given}"
            for key in person.keys:
                known.setdefault(key, name)
        return Pseudonyms(tuple(known.items()))

    def of(self, person: Person) -> str:
        """The pseudonym of a person that the map knows.

        Raises:
            SyncError: the map does not know the person.
        """
        name = _lookup(dict(self.names), person)
        if name is None:
            msg = f"The map of annotators does not know {person.keys[-1]}. Pull again."
            raise SyncError(msg)
        return name


def _lookup(known: dict[str, str], person: Person) -> str | None:
    """The first name under one of a person's keys that can be theirs."""
    if person.account in known:
        return known[person.account]
    name = next((known[key] for key in person.keys if key in known), None)
    if name is None or person.email is None or f"{_EMAIL}{person.email}" in known:
        return name
    # Known by number only: theirs unless that name has an address already, which is not this one.
    owned = any(key.startswith(_EMAIL) and other == name for key, other in known.items())
    return None if owned else name
