"""Which addresses on the network a webhook may reach: none of this network's own (SSRF).

The name is resolved once for each connection, and the connection goes to the very address that
was judged, so that a name which answers differently the second time gains nothing.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

NAT64 = ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits


class NotAllowed(Exception):
    """Every address of a host is one that webhooks must not reach, or there is none."""


def reachable(host: str, port: int, allowed: Sequence[Network]) -> str:
    """An address of `host` to connect to.  Raises NotAllowed."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotAllowed(f"{host} has no address") from error
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if may_reach(address, allowed):
            return address
    raise NotAllowed(f"{host} is a private address, which webhooks may not reach")


def may_reach(address: str, allowed: Sequence[Network]) -> bool:
    """Whether it is on the public internet, or in one of the networks that settings allow."""
    if "%" in address:  # an IPv6 address with a zone is link-local
        return False
    real = unwrapped(ip_address(address))
    if any(real.version == network.version and real in network for network in allowed):
        return True
    if real.is_multicast or real.is_reserved or getattr(real, "is_site_local", False):
        return False
    return real.is_global


def unwrapped(address: Address) -> Address:
    """The IPv4 address that an IPv6 one leads to, where it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else address)
