//! Recognises the node's own address among its peers. The book's `nodes.json` lists all three nodes for each of them, and a node
//! never asks itself (docs/contract.md section 2).

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use bcoin_node::PeerAddress;
use tokio::net::lookup_host;
use url::Host;

use crate::interfaces::{is_this_machine, source_towards};

/// The address at which this node listens.
#[derive(Clone, Copy, Debug)]
pub struct OwnAddress(SocketAddr);

impl OwnAddress {
    /// How long the resolution of a peer's name may take where it is only asked whether the peer is the node itself.
    pub(super) const LOOKUP_TIMEOUT: Duration = Duration::from_secs(2);

    /// The node that listens at `address`.
    pub fn new(address: SocketAddr) -> Self {
        Self(address)
    }

    /// Where the node listens.
    pub(super) fn listening(self) -> SocketAddr {
        self.0
    }

    /// The address under which the machine at `ip` reaches this node; none when it cannot.
    pub(super) fn as_seen_from(self, ip: IpAddr) -> Option<SocketAddr> {
        let (ip, listening) = (ip.to_canonical(), self.0.ip().to_canonical());
        if listening.is_loopback() {
            return (ip.is_unspecified() || is_this_machine(ip)).then_some(self.0);
        }
        if !listening.is_unspecified() {
            return Some(self.0);
        }
        let source = source_towards(ip)?;
        let hears = listening.is_ipv6() || source.is_ipv4();
        hears.then(|| SocketAddr::new(source, self.0.port()))
    }

    /// Whether a connection to `peer` would arrive here.
    pub(super) async fn is(&self, peer: &PeerAddress) -> bool {
        if peer.port() != self.0.port() {
            return false;
        }
        match peer.host() {
            Host::Ipv4(ip) => self.is_ip(IpAddr::from(*ip)),
            Host::Ipv6(ip) => self.is_ip(IpAddr::from(*ip)),
            // A name that cannot be resolved is reported when it is asked.
            Host::Domain(name) => match lookup_host((name.as_str(), peer.port())).await {
                Ok(mut found) => found.any(|address| self.is_ip(address.ip())),
                Err(_) => false,
            },
        }
    }

    fn is_ip(&self, ip: IpAddr) -> bool {
        let (ip, listening) = (ip.to_canonical(), self.0.ip().to_canonical());
        if listening.is_unspecified() {
            ip.is_unspecified() || is_this_machine(ip)
        } else {
            ip == listening || (ip.is_unspecified() && listening.is_loopback())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn own(listening: &str, peer: &str) -> bool {
        OwnAddress::new(listening.parse().unwrap()).is(&peer.parse().unwrap()).await
    }

    #[tokio::test]
    async fn a_node_knows_its_own_address() {
        assert!(own("127.0.0.1:1001", "127.0.0.1:1001").await);
        assert!(own("127.0.0.1:1001", "localhost:1001").await);
        assert!(own("127.0.0.1:1001", "0.0.0.0:1001").await);
        assert!(own("127.0.0.1:1001", "[::ffff:127.0.0.1]:1001").await);
        assert!(own("0.0.0.0:1001", "127.0.0.1:1001").await);
    }

    #[test]
    fn a_node_tells_others_where_they_reach_it() {
        let seen = |listening: &str, from: &str| {
            let own = OwnAddress::new(listening.parse().unwrap());
            own.as_seen_from(from.parse().unwrap()).map(|address| address.to_string())
        };
        assert_eq!(seen("127.0.0.1:1001", "127.0.0.1").as_deref(), Some("127.0.0.1:1001"));
        assert_eq!(seen("127.0.0.1:1001", "0.0.0.0").as_deref(), Some("127.0.0.1:1001"));
        assert_eq!(seen("127.0.0.1:1001", "192.0.2.99"), None);
        assert_eq!(seen("192.168.1.7:1001", "192.168.1.9").as_deref(), Some("192.168.1.7:1001"));
        assert_eq!(seen("0.0.0.0:1001", "127.0.0.1").as_deref(), Some("127.0.0.1:1001"));
        assert_eq!(seen("[::]:1001", "127.0.0.1").as_deref(), Some("127.0.0.1:1001"));
        assert_eq!(seen("0.0.0.0:1001", "::1"), None, "it does not listen to IPv6");
    }

    #[tokio::test]
    async fn other_nodes_are_not_itself() {
        assert!(!own("127.0.0.1:1001", "127.0.0.1:1002").await);
        assert!(!own("127.0.0.1:1001", "127.0.0.2:1001").await);
        assert!(!own("0.0.0.0:1001", "192.0.2.1:1001").await);
    }
}
