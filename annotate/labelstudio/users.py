"""Real users of the local server, each with a password and an API key of their own."""

import secrets
from collections.abc import Iterable

from annotate.errors import StudioError
from annotate.labelstudio.accounts import (
    access_token,
    invitation_path,
    log_in,
    personal_token,
    session,
    sign_up,
)
from annotate.labelstudio.credentials import Credentials
from annotate.labelstudio.home import Account, StudioHome, exclusive


def invite_link(admin: Credentials) -> str:
    """The address at which somebody can make themselves a user; without it nobody can.

    Raises:
        StudioError: the server cannot be reached or refuses the key.
    """
    with session(admin.url) as client:
        access = access_token(client, admin.api_key)
        if access is None:
            raise StudioError(_refused(admin.url))
        return admin.url.rstrip("/") + invitation_path(client, access)


def create_users(
    admin: Credentials, emails: Iterable[str], home: StudioHome | None = None
) -> tuple[Account, ...]:
    """Users with these emails, each with an API key; those of an earlier run are used again.

    Passwords are generated and kept, with the keys, in the studio's folder (mode 600).

    Args:
        admin: the local server and a key of its administrator.
        emails: the users wanted; nothing is ever sent to these addresses.
        home: the studio's folders, by default those of this user.

    Returns:
        One account for each email, in their order, its ``api_key`` never None.

    Raises:
        StudioError: the server refuses, or an email belongs to a user that we did not make.
    """
    home = home or StudioHome.default()
    home.make()
    with exclusive(home.data / "users.lock"):
        invitation = invite_link(admin).removeprefix(admin.url.rstrip("/"))
        return tuple(_user(home, admin.url, invitation, email) for email in emails)


def _user(home: StudioHome, url: str, invitation: str, email: str) -> Account:
    known = home.users().get(email)
    # Kept before it is used: a user whose password was lost could never be used again.
    account = known or Account(email=email, password=secrets.token_urlsafe(15))
    home.save_user(account)
    with session(url) as client:
        if account.api_key and access_token(client, account.api_key):
            return account
        if known is None or not _can_log_in(url, account):
            sign_up(client, invitation, email, account.password)
        else:
            log_in(client, email, account.password)
        token = personal_token(client, home.signing_key())
    account = Account(email=email, password=account.password, api_key=token)
    home.save_user(account)
    return account


def _can_log_in(url: str, account: Account) -> bool:
    """Whether the server knows the account: an earlier run may have ended before it did."""
    with session(url) as client:
        try:
            log_in(client, account.email, account.password)
        except StudioError:
            return False
    return True


def _refused(url: str) -> str:
    return (
        f"{url} does not accept the administrator's API key. Users can be made on the server of "
        "`annotate studio start` only."
    )
