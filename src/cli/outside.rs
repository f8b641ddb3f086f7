//! What is printed about nodes that other machines reach.

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
    let addresses = first.outside_addresses();
    let Some(best) = addresses.first() else {
        println!("  from other machines  no address: this machine is in no network");
        return;
    };
    match nodes {
        [_] => {
            let urls: Vec<String> = addresses.iter().map(|address| format!("http://{address}")).collect();
            // Aligned below each other.
            println!("  from other machines  {}", urls.join("\n                       "));
            println!("  Everyone who can reach this node sees its name, {}; --name chooses another.", first.name());
        }
        nodes => {
            let last = nodes.last().and_then(|node| node.outside_addresses().into_iter().next());
            println!("  from other machines  http://{best} to http://{}", last.unwrap_or(*best));
            println!("  Everyone who can reach these nodes sees their names; --name chooses others.");
        }
    }
    if wants_code {
        // An address is never too long for a code.
        if let Ok(code) = qr_code::for_terminal(&format!("http://{best}"), has_colours()) {
            print!("{code}");
        }
    }
}
