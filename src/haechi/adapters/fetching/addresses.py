"""Which network addresses a stranger may have this machine connect to.

Only what the whole internet may reach. An IPv4 address can be written inside an IPv6 one in several ways, each of which
some machine somewhere turns back: the inner address is judged too (RFC 4291 2.5.5, RFC 6052, RFC 3056, RFC 4380).
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_COMPATIBLE = IPv6Network("::/96")
_TRANSLATED = (
    IPv6Network("64:ff9b::/96"),
    IPv6Network("::ffff:0:0:0/96"),
)  # RFC 6052; RFC 2765, obsolete and still routed
_LOCALLY_TRANSLATED = IPv6Network("64:ff9b:1::/48")  # RFC 8215: what it stands for, only that network knows
_TUNNELS = (IPv6Network("2002::/16"), IPv6Network("2001::/32"))  # 6to4, Teredo
_DOCUMENTATION = IPv6Network("3fff::/20")  # RFC 9637, newer than what Python knows
_ALLOCATED = IPv6Network("2000::/3")  # all of IPv6 that is handed out to the public


def is_public(address: str) -> bool:
    """Say whether the numeric `address` is one that the whole internet may reach. What cannot be read is not."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return _is_public_4(found) if isinstance(found, IPv4Address) else _is_public_6(found)


def _is_public_4(address: IPv4Address) -> bool:
    # `is_global` holds for multicast, and 192.88.99.0/24 once led into 6to4 relays.
    is_relay = address.packed[:3] == bytes((192, 88, 99))
    return address.is_global and not (address.is_multicast or address.is_reserved or is_relay)


def _is_public_6(address: IPv6Address) -> bool:
    if address.ipv4_mapped is not None:
        return _is_public_4(address.ipv4_mapped)
    if any(address in network for network in _TRANSLATED):
        return _is_public_4(IPv4Address(address.packed[-4:]))
    if any(address in network for network in (_COMPATIBLE, _LOCALLY_TRANSLATED, _DOCUMENTATION, *_TUNNELS)):
        return False
    return address in _ALLOCATED and address.is_global and not (address.is_multicast or address.is_reserved)
