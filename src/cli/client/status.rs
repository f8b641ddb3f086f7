//! `bcoin status`: the state of a node.

use bcoin_ledger::Work;

use super::{
    find,
    http::Either,
    output::{Output, STRONG, shown},
    words,
};
use crate::{
    cli::{failure::Failure, flags::StatusFlags},
    wire::{
        sound::SoundStatus,
        v1::{DataKind, Status},
    },
};

/// Prints the state.
pub(in super::super) async fn run(flags: &StatusFlags) -> Result<(), Failure> {
    let (node, out) = (find::node(&flags.ask).await?, Output::new(&flags.ask));
    let answer = node.get("/status").await?;
    if out.is_json() {
        return out.document(answer.json()?);
    }
    let (status, network) = match answer.either::<SoundStatus, Status>()? {
        Either::Sound(sound) => {
            let network = network(&sound);
            (sound.status, network)
        }
        Either::Chapter(status) => (status, Vec::new()),
    };
    let uptime = words::long_duration(status.uptime_seconds.max(0.0) as u64);
    let data = match status.data {
        DataKind::Folder => "in a folder",
        DataKind::Memory => "in memory, gone when the node stops",
    };
    out.line(out.paint(STRONG, format_args!("B-Coin node at http://{}", node.address())))?;
    let lines = [
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
        ("mining", format!("{}, for {}", words::mining(status.mining), miner(&status))),
    ];
    for (label, value) in lines.into_iter().chain(network) {
        out.line(format_args!("  {label:<10}{value}"))?;
    }
    Ok(())
}

/// What there is beyond the chapter's status.
fn network(status: &SoundStatus) -> Vec<(&'static str, String)> {
    let SoundStatus { profile, room, genesis, work, bits, mempool, .. } = status;
    vec![
        ("network", format!("{}, {}, first block {}", shown(room), shown(profile), words::short_hash(genesis))),
        ("work", format!("{} hashes in all on average, bits {} now", decimal(work), shown(bits))),
        ("mempool", format!("{}, {} bytes", words::count(mempool.count as u64, "transfer"), mempool.bytes)),
    ]
}

/// A number of 64 hexadecimal digits in decimal ones.
fn decimal(digits: &str) -> String {
    let bytes = hex::decode(digits).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.map_or_else(|| shown(digits), |bytes| Work::from_be_bytes(bytes).to_decimal())
}

fn miner(status: &Status) -> String {
    if status.miner.is_empty() { "nobody: start the node with --miner ADDRESS".into() } else { shown(&status.miner) }
}

/// Where other machines reach the node.
fn reached(status: &Status) -> String {
    match status.addresses.as_slice() {
        [] => "from this machine alone".into(),
        addresses => addresses.iter().map(|address| shown(address)).collect::<Vec<_>>().join(", "),
    }
}
