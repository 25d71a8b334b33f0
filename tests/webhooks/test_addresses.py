"""Which addresses a webhook may reach."""

from ipaddress import ip_network

import pytest

from ptgsched.config import BadSetting, Settings
from ptgsched.webhooks.addresses import NotAllowed, may_reach, reachable


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.9.1",
        "0.0.0.0",  # noqa: S104 (nobody listens)
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",  # where clouds keep their secrets
        "100.64.0.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fd00::1",
        "fec0::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",  # 127.0.0.1 through NAT64
        "2002:7f00:1::",  # and through 6to4
        "2001:0:1::f5ff:fffe",  # 10.0.0.1 through Teredo
    ],
)
def test_private_addresses_in_all_their_clothes_are_not_reached(address):
    assert not may_reach(address, ())


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_public_ones_are(address):
    assert may_reach(address, ())


def test_networks_can_be_allowed_and_no_others_with_them():
    settings = Settings(webhook_networks="10.20.0.0/16, fd12::/48")
    allowed = settings.reachable_networks
    assert may_reach("10.20.3.4", allowed)
    assert may_reach("::ffff:10.20.3.4", allowed)
    assert may_reach("fd12::9", allowed)
    assert not may_reach("10.21.3.4", allowed)
    assert not may_reach("::1", allowed)
    with pytest.raises(BadSetting, match="PTGSCHED_WEBHOOK_NETWORKS"):
        Settings(webhook_networks="10.20.0.1/16")


def test_a_name_is_judged_by_what_it_leads_to():
    here = [ip_network("127.0.0.0/8")]
    assert reachable("localhost", 80, here) == "127.0.0.1"
    for host in ("localhost", "127.1", "2130706433", "0x7f.1"):  # spellings of 127.0.0.1
        with pytest.raises(NotAllowed):
            reachable(host, 80, ())
    with pytest.raises(NotAllowed, match="has no address"):
        reachable("nowhere.invalid", 80, here)
    with pytest.raises(NotAllowed, match="has no address"):
        reachable("a" * 70 + ".example", 80, here)
