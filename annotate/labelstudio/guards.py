"""Label Studio's guard against requests to addresses that nobody outside could reach."""

from collections.abc import Iterator
from ipaddress import IPv4Network, ip_network
from typing import Final

_RESERVED: Final = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
    "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "233.252.0.0/24", "240.0.0.0/4",
    "255.255.255.255/32", "::/128", "::1/128", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96",
    "64:ff9b:1::/48", "100::/64", "2001:0000::/32", "2001:20::/28", "2001:db8::/32", "2002::/16",
    "fc00::/7", "fe80::/10", "ff00::/8",
)  # fmt: skip
"""What Label Studio 1.23 refuses to ask by itself."""
_OURS: Final = IPv4Network("127.0.0.1/32")


def allowing_this_machine() -> dict[str, str]:
    """Variables with which Label Studio asks 127.0.0.1, and no other reserved address.

    It has a switch that lets everything through too (``SSRF_PROTECTION_ENABLED``): with it, whoever
    may import from an address could read the router, or the cloud's metadata, by way of the server.
    """
    return {
        "USE_DEFAULT_BANNED_SUBNETS": "false",
        "USER_ADDITIONAL_BANNED_SUBNETS": ",".join(_banned()),
    }


def _banned() -> Iterator[str]:
    for name in _RESERVED:
        network = ip_network(name)
        if isinstance(network, IPv4Network) and network.supernet_of(_OURS):
            yield from map(str, network.address_exclude(_OURS))
        else:
            yield name
