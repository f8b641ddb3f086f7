//! `bcoin status`: the state of a node.

use super::{
    find,
    output::{Output, STRONG, shown},
    words,
};
use crate::{
    cli::{failure::Failure, flags::StatusFlags},
    wire::v1::{DataKind, Status},
};

/// Prints the state.
pub(in super::super) async fn run(flags: &StatusFlags) -> Result<(), Failure> {
    let (node, out) = (find::node(&flags.ask).await?, Output::new(&flags.ask));
    let answer = node.get("/status").await?;
    if out.is_json() {
        return out.document(answer.json()?);
    }
    let status: Status = answer.read()?;
    let uptime = words::long_duration(status.uptime_seconds.max(0.0) as u64);
    let data = match status.data {
        DataKind::Folder => "in a folder",
        DataKind::Memory => "in memory, gone when the node stops",
    };
    out.line(out.paint(STRONG, format_args!("B-Coin node at http://{}", node.address())))?;
    for (label, value) in [
        ("name", shown(&status.name)),
        ("address", shown(&status.node_address)),
        ("version", shown(&status.version)),
        ("length", words::count(status.length, "block")),
        ("tip", format!("block {}, hash {}", status.tip.index, shown(&status.tip.hash))),
        ("waiting", words::count(status.pending as u64, "payment")),
        ("peers", status.peers.to_string()),
        ("data", data.into()),
        ("up since", format!("{} ({uptime})", words::moment(status.started_at))),
        ("reached", reached(&status)),
        ("mining", format!("{}, for {}", words::mining(status.mining), shown(&status.miner))),
    ] {
        out.line(format_args!("  {label:<10}{value}"))?;
    }
    Ok(())
}

/// Where other machines reach the node.
fn reached(status: &Status) -> String {
    match status.addresses.as_slice() {
        [] => "from this machine alone".into(),
        addresses => addresses.iter().map(|address| shown(address)).collect::<Vec<_>>().join(", "),
    }
}
