//! Which IP addresses a node never asks, because no node is there and something else may be.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where clouds serve the secrets of a machine, outside the link-local networks: Alibaba, Azure, Oracle.
const METADATA_V4: [Ipv4Addr; 3] =
    [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(168, 63, 129, 16), Ipv4Addr::new(192, 0, 0, 192)];

/// The same in IPv6: Google, Oracle, Scaleway, Akamai, Alibaba.
const METADATA_V6: [Ipv6Addr; 5] = [
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0xc1, 0, 0, 0, 0, 0xa9fe, 0xa9fe),
    Ipv6Addr::new(0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42),
    Ipv6Addr::new(0xfd00, 0xa9fe, 0xa9fe, 0, 0, 0, 0, 1),
    Ipv6Addr::new(0xfd00, 0x100, 0, 0, 0, 0, 0x100, 0x200),
];

/// The first two groups of the network of Amazon's services for a machine, `fd00:ec2::/32`.
const AMAZON_SERVICES: [u16; 2] = [0xfd00, 0xec2];

/// Whether a node may ask another one at this IP address: not at link-local, metadata, multicast and broadcast addresses, in
/// whatever form of IPv6 they are written, and not at 0.x.x.x.
///
/// `0.0.0.0` and `::` may be asked: Flask prints `0.0.0.0` when it starts, so it stands in the `nodes.json` of a class, and a
/// connection to it reaches this machine, as one to 127.0.0.1 does.
pub fn may_be_asked(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => !is_no_node(ip) && (ip.octets()[0] != 0 || ip.is_unspecified()),
        IpAddr::V6(ip) => !is_no_node_v6(ip) && !embedded(ip).into_iter().flatten().any(is_no_node),
    }
}

fn is_no_node(ip: Ipv4Addr) -> bool {
    ip.is_link_local() || ip.is_multicast() || ip.is_broadcast() || METADATA_V4.contains(&ip)
}

fn is_no_node_v6(ip: Ipv6Addr) -> bool {
    ip.is_unicast_link_local()
        || ip.is_multicast()
        || METADATA_V6.contains(&ip)
        || ip.segments().starts_with(&AMAZON_SERVICES)
}

/// The IPv4 addresses that a network may read out of an IPv6 address.
fn embedded(ip: Ipv6Addr) -> [Option<Ipv4Addr>; 4] {
    let o = ip.octets();
    let at = |places: [usize; 4]| Some(Ipv4Addr::from(places.map(|place| o[place])));
    let end = at([12, 13, 14, 15]);
    match ip.segments() {
        // IPv4-compatible (RFC 4291 section 2.5.5.1), IPv4-translated (RFC 2765), and NAT64 (RFC 6052).
        [0, 0, 0, 0, 0, 0, ..] | [0, 0, 0, 0, 0xffff, 0, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => {
            [end, None, None, None]
        }
        // NAT64 within one network (RFC 8215): the network chooses at which of these places (RFC 6052 section 2.2).
        [0x64, 0xff9b, 1, ..] => [at([6, 7, 9, 10]), at([7, 9, 10, 11]), at([9, 10, 11, 12]), end],
        // 6to4 (RFC 3056).
        [0x2002, ..] => [at([2, 3, 4, 5]), None, None, None],
        // Teredo (RFC 4380): the server, and the client with all bits inverted.
        [0x2001, 0, ..] => [at([4, 5, 6, 7]), end.map(|client| !client), None, None],
        _ => [None; 4],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(ip: &str) -> bool {
        may_be_asked(ip.parse().unwrap())
    }

    #[test]
    fn what_is_no_node_is_not_asked() {
        for ip in [
            "169.254.0.0",
            "169.254.169.254",
            "169.254.255.255",
            "224.0.0.1",
            "239.255.255.255",
            "255.255.255.255",
            "0.0.0.1",
            "0.255.255.255",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "fe80::1",
            "febf:ffff::1",
            "ff02::1",
            "fd00:ec2::254",
            "fd00:ec2::23",
            "fd20:ce::254",
            "fd00:c1::a9fe:a9fe",
            "fd00:42::42",
            "fd00:a9fe:a9fe::1",
            "fd00:100::100:200",
        ] {
            assert!(!allowed(ip), "{ip}");
        }
    }

    #[test]
    fn an_ipv4_address_is_recognised_in_every_ipv6_form() {
        for (refused, taken) in [
            ("::ffff:169.254.169.254", "::ffff:192.168.1.7"),
            ("::ffff:0.0.0.1", "::ffff:0.0.0.0"),
            ("::169.254.169.254", "::192.168.1.7"),
            ("::ffff:0:169.254.169.254", "::ffff:0:192.168.1.7"),
            ("64:ff9b::169.254.169.254", "64:ff9b::192.168.1.7"),
            ("64:ff9b::100.100.100.200", "64:ff9b::100.100.100.201"),
            ("64:ff9b:1:a9fe:a9:fe00::", "64:ff9b:1:c0a8:1:700::"),
            ("64:ff9b:1:a9:fe:a9fe::", "64:ff9b:1:c0:a8:107::"),
            ("64:ff9b:1:0:a9:fea9:fe00:0", "64:ff9b:1:0:c0:a801:700:0"),
            ("64:ff9b:1::169.254.169.254", "64:ff9b:1::192.168.1.7"),
            ("2002:a9fe:a9fe::1", "2002:c0a8:107::1"),
            ("2001:0:a9fe:a9fe::3f57:fef8", "2001:0:c0a8:107::3f57:fef8"),
            ("2001:0:c0a8:107::5601:5601", "2001:0:c0a8:107::3f57:fe38"),
        ] {
            assert!(!allowed(refused), "{refused}");
            assert!(allowed(taken), "{taken}");
        }
    }

    #[test]
    fn where_nodes_are_may_be_asked() {
        for ip in [
            "127.0.0.1",
            "127.255.255.254",
            "10.0.0.1",
            "192.168.1.7",
            "100.64.0.1",
            "223.255.255.255",
            "8.8.8.8",
            "0.0.0.0",
            "::",
            "::1",
            "fd00::1",
            "fec0::1",
            "2001:db8::1",
        ] {
            assert!(allowed(ip), "{ip}");
        }
    }
}
