"""Which addresses Label Studio may ask where a model is served beside it."""

from ipaddress import ip_address, ip_network

import pytest

from annotate.labelstudio.guards import allowing_this_machine

FOUND = allowing_this_machine()


def refused(address):
    """As Label Studio 1.23 decides (`core.utils.io.validate_ip`)."""
    assert FOUND["USE_DEFAULT_BANNED_SUBNETS"] == "false"
    banned = FOUND["USER_ADDITIONAL_BANNED_SUBNETS"].split(",")
    return any(ip_address(address) in ip_network(each) for each in banned)


def test_this_machine_may_be_asked():
    assert not refused("127.0.0.1")


@pytest.mark.parametrize(
    "address",
    ["127.0.0.2", "127.0.0.0", "127.255.255.255", "10.1.2.3", "172.17.0.1", "192.168.1.1", "::1",
     "169.254.169.254", "0.0.0.1", "100.100.100.200", "fe80::1", "fc00::1", "::ffff:127.0.0.1"],
)  # fmt: skip
def test_nothing_else_that_is_not_public_may(address):
    assert refused(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f::1"])
def test_public_addresses_stay_allowed(address):
    assert not refused(address)


def test_no_switch_lets_everything_through():
    assert set(FOUND) == {"USE_DEFAULT_BANNED_SUBNETS", "USER_ADDITIONAL_BANNED_SUBNETS"}
