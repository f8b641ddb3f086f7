//! What is printed about nodes that other machines reach.

use std::net::SocketAddr;

use super::client::has_colours;
use crate::{app::RunningNode, qr_code};

/// Prints where other machines reach the nodes, with a QR code if it is wished. Nothing is printed of nodes on loopback.
pub(super) fn print(nodes: &[RunningNode], wants_code: bool) {
    let Some(first) = nodes.first() else { return };
    if first.address().ip().to_canonical().is_loopback() {
        if wants_code {
            println!("  --qr has nothing to show: only this machine is let in; --host 0.0.0.0 lets others in");
        }
        return;
    }
    let addresses: Vec<SocketAddr> = match nodes {
        [node] => node.outside_addresses(),
        nodes => nodes.iter().filter_map(|node| node.outside_addresses().first().copied()).collect(),
    };
    let Some(best) = addresses.first() else {
        println!("  from other machines  no address: this machine is in no network");
        return;
    };
    let mut label = "from other machines";
    for address in &addresses {
        println!("  {label:<19}  http://{address}");
        label = "";
    }
    println!("  Everyone who can reach it sees the name {}; --name chooses another.", first.name());
    if wants_code {
        // An address is never too long for a code.
        if let Ok(code) = qr_code::for_terminal(&format!("http://{best}"), has_colours()) {
            print!("{code}");
        }
    }
}
