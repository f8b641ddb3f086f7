//! The addresses of this machine's network interfaces: who is this machine, and where other machines reach it.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use bcoin_node::may_be_asked;
use if_addrs::{IfOperStatus, Interface, get_if_addrs};

/// How long a list of interfaces is used before the system is asked again: a laptop changes its network while a node runs.
const MAX_AGE: Duration = Duration::from_secs(1);
/// How many addresses of a node are shown.
const MAX_ADDRESSES: usize = 8;
/// An address that is reached over the default route (RFC 5737 keeps it free). Nothing is sent there.
const FAR_AWAY: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 1));

/// What the system said last, and when.
static KNOWN: Mutex<Option<(Instant, Arc<Addresses>)>> = Mutex::new(None);

/// The addresses of this machine.
struct Addresses {
    /// All of them.
    own: Vec<IpAddr>,
    /// Those by which other machines may reach it, the best first.
    outside: Vec<IpAddr>,
}

/// Whether `ip` is this machine: a loopback address, or one of its interfaces.
pub(crate) fn is_this_machine(ip: IpAddr) -> bool {
    let ip = ip.to_canonical();
    ip.is_loopback() || addresses().own.contains(&ip)
}

/// The addresses by which other machines reach a node that listens at `listening`, the best first; none if it listens on loopback.
pub(crate) fn reached_at(listening: SocketAddr) -> Vec<SocketAddr> {
    let ip = listening.ip().to_canonical();
    let ips = if ip.is_unspecified() { addresses().outside.clone() } else { vec![ip] };
    // On Windows a socket of IPv6 hears IPv6 alone.
    let hears_both = ip.is_ipv6() && !cfg!(windows);
    let heard =
        ips.into_iter().filter(|other| is_for_others(*other) && (hears_both || other.is_ipv4() == ip.is_ipv4()));
    heard.take(MAX_ADDRESSES).map(|ip| SocketAddr::new(ip, listening.port())).collect()
}

/// The address from which this machine would talk to `ip`. Connecting a UDP socket only asks the routing table.
pub(crate) fn source_towards(ip: IpAddr) -> Option<IpAddr> {
    let any: IpAddr = if ip.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    // Any port will do, because nothing is sent; 9 is the discard port (RFC 863).
    socket.connect((ip, 9)).ok()?;
    socket.local_addr().ok().map(|source| source.ip().to_canonical())
}

fn addresses() -> Arc<Addresses> {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    match &*known {
        Some((asked, addresses)) if asked.elapsed() < MAX_AGE => addresses.clone(),
        _ => {
            // A system that does not tell has no addresses that could be shown.
            let addresses = Arc::new(Addresses::of(&get_if_addrs().unwrap_or_default(), source_towards(FAR_AWAY)));
            *known = Some((Instant::now(), addresses.clone()));
            addresses
        }
    }
}

impl Addresses {
    /// `default` is the address from which this machine talks to far networks.
    fn of(interfaces: &[Interface], default: Option<IpAddr>) -> Self {
        let own = interfaces.iter().map(Interface::ip).collect();
        // Networks of virtual machines that do not run keep their addresses.
        let is_up = |interface: &&Interface| {
            !matches!(
                interface.oper_status,
                IfOperStatus::Down | IfOperStatus::LowerLayerDown | IfOperStatus::NotPresent
            )
        };
        let up = interfaces.iter().filter(is_up).map(Interface::ip);
        let mut outside: Vec<IpAddr> = up.filter(|ip| is_for_others(*ip)).collect();
        // The interface of the default route comes before those of virtual machines, which are private too.
        outside.sort_by_key(|ip| (ip.is_ipv6(), !is_private(*ip), Some(*ip) != default));
        outside.dedup();
        Self { own, outside }
    }
}

/// Whether another machine may reach this one under such an address.
fn is_for_others(ip: IpAddr) -> bool {
    !ip.is_loopback() && !ip.is_unspecified() && may_be_asked(ip)
}

fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_private(),
        IpAddr::V6(ip) => ip.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use if_addrs::{IfAddr, Ifv4Addr, Ifv6Addr};

    use super::*;

    fn interface(ip: &str, oper_status: IfOperStatus) -> Interface {
        let addr = match ip.parse().unwrap() {
            IpAddr::V4(ip) => IfAddr::V4(Ifv4Addr { ip, netmask: Ipv4Addr::BROADCAST, prefixlen: 32, broadcast: None }),
            IpAddr::V6(ip) => {
                IfAddr::V6(Ifv6Addr { ip, netmask: Ipv6Addr::UNSPECIFIED, prefixlen: 128, broadcast: None })
            }
        };
        Interface {
            name: "test".into(),
            addr,
            index: None,
            oper_status,
            is_p2p: false,
            #[cfg(windows)]
            adapter_name: String::new(),
        }
    }

    #[test]
    fn the_address_that_most_likely_works_comes_first() {
        let up = |ip| interface(ip, IfOperStatus::Up);
        let interfaces = [
            interface("127.0.0.1", IfOperStatus::Unknown),
            up("::1"),
            up("fe80::1"),
            up("2001:db8::7"),
            up("fd00::7"),
            up("198.51.100.7"),
            up("169.254.3.4"),
            interface("172.17.0.1", IfOperStatus::Down),
            interface("172.18.0.1", IfOperStatus::Unknown),
            up("192.168.1.7"),
        ];
        let addresses = Addresses::of(&interfaces, "192.168.1.7".parse().ok());
        assert_eq!(addresses.own.len(), interfaces.len());
        let outside: Vec<_> = addresses.outside.iter().map(ToString::to_string).collect();
        assert_eq!(outside, ["192.168.1.7", "172.18.0.1", "198.51.100.7", "fd00::7", "2001:db8::7"]);
    }

    #[test]
    fn a_node_is_reached_where_it_listens() {
        let reached = |listening: &str| -> Vec<String> {
            reached_at(listening.parse().unwrap()).iter().map(ToString::to_string).collect()
        };
        for listening in ["127.0.0.1:1001", "[::1]:1001", "[::ffff:127.0.0.1]:1001", "169.254.3.4:1001"] {
            assert_eq!(reached(listening), [""; 0], "{listening}");
        }
        assert_eq!(reached("192.168.1.7:1001"), ["192.168.1.7:1001"]);
        assert_eq!(reached("[fd00::7]:1001"), ["[fd00::7]:1001"]);
        let everywhere = reached_at("0.0.0.0:1001".parse().unwrap());
        assert!(everywhere.len() <= MAX_ADDRESSES);
        assert!(everywhere.iter().all(|address| address.is_ipv4() && is_this_machine(address.ip())), "{everywhere:?}");
    }

    #[test]
    fn this_machine_is_known_by_loopback_and_its_interfaces() {
        for ip in ["127.0.0.1", "127.3.2.1", "::1", "::ffff:127.0.0.1"] {
            assert!(is_this_machine(ip.parse().unwrap()), "{ip}");
        }
        for interface in get_if_addrs().unwrap() {
            assert!(is_this_machine(interface.ip()), "{}", interface.ip());
        }
        for ip in ["203.0.113.9", "2001:db8::9", "0.0.0.0"] {
            assert!(!is_this_machine(ip.parse().unwrap()), "{ip}");
        }
        assert_eq!(source_towards(Ipv4Addr::LOCALHOST.into()), Some(Ipv4Addr::LOCALHOST.into()));
    }
}
