//! What this machine has.

use std::net::{IpAddr, UdpSocket};

/// An IPv4 address of this machine outside loopback; none when it has no network. Nothing is sent to find it.
pub fn outside_loopback() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    // An address that is reserved for documentation (RFC 5737): it is on no network.
    socket.connect("198.51.100.1:9").ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}
