//! `bcoin peers`: lists, adds and removes peers, and asks them for a longer chain.

use clap::builder::styling::Style;
use serde_json::json;

use super::{
    find,
    http::{Either, Node},
    output::{BAD, FAINT, GOOD, NOTABLE, Output, STRONG, shown},
    replaced::Replaced,
    words,
};
use crate::{
    cli::{failure::Failure, flags::PeersFlags},
    wire::{
        sound,
        v1::{
            Connected, Nodes, OfferJson, OutcomeJson, PeerJson, PeerKindJson, PeerList, PeerStateJson, RelationJson,
            RoundJson, Status,
        },
    },
};

/// Adds, removes and replaces, in this order; lists the peers when nothing of it is asked.
pub(in super::super) async fn run(flags: &PeersFlags) -> Result<(), Failure> {
    let (node, out) = (find::node(&flags.ask).await?, Output::new(&flags.ask));
    if !flags.add.is_empty() {
        let nodes = Nodes { nodes: flags.add.iter().map(ToString::to_string).collect() };
        add(&node, out, &nodes).await?;
    }
    for address in &flags.remove {
        let address = address.to_string();
        node.delete("/peers", &address).await?;
        if out.is_json() {
            out.value(&json!({ "removed": [address] }))?;
        } else {
            out.line(format_args!("{address} is forgotten"))?;
        }
    }
    if flags.replace {
        return replace(&node, out).await;
    }
    if flags.add.is_empty() && flags.remove.is_empty() { list(&node, out).await } else { Ok(()) }
}

async fn add(node: &Node, out: Output, nodes: &Nodes) -> Result<(), Failure> {
    let answer = node.post_json("/peers", nodes).await?;
    if out.is_json() {
        return out.document(answer.json()?);
    }
    let connected: Connected = answer.read()?;
    // The addresses are added whatever happens to this question.
    let asked = node.get("/peers").await.and_then(|answer| answer.read::<PeerList>());
    let peers = asked.map(|list| list.peers).unwrap_or_default();
    for address in &nodes.nodes {
        let peer = peers.iter().find(|peer| peer.address == *address);
        let is_new = connected.added.contains(address);
        match peer.and_then(elsewhere) {
            Some(reason) if is_new => out.line(format_args!("{address} is added, but: {reason}"))?,
            Some(reason) => out.line(format_args!("{address} was added already, but: {reason}"))?,
            None => out.line(format_args!("{address} {}", added(is_new, peer)))?,
        }
    }
    Ok(())
}

/// Why a node that answers is none with which anything is exchanged.
fn elsewhere(peer: &PeerJson) -> Option<String> {
    let is_elsewhere = matches!(peer.error_code.as_deref(), Some("other_network" | "other_rules"));
    peer.error.as_deref().filter(|_| is_elsewhere).map(shown)
}

/// What became of an address that was to be added.
fn added(is_new: bool, peer: Option<&PeerJson>) -> &'static str {
    match (is_new, peer.map(|peer| peer.state)) {
        (_, Some(PeerStateJson::Itself)) => "is this node itself",
        (true, Some(PeerStateJson::Answers)) => "is connected",
        (true, Some(PeerStateJson::Fails)) => "is added; it does not answer yet",
        (true, _) => "is added",
        (false, Some(PeerStateJson::Fails)) => "was added already; it does not answer",
        (false, _) => "was connected already",
    }
}

async fn list(node: &Node, out: Output) -> Result<(), Failure> {
    if out.is_json() {
        return out.document(node.get("/peers").await?.json()?);
    }
    let status: Status = node.get("/status").await?.read()?;
    let PeerList { peers } = node.get("/peers").await?.read()?;
    let (length, known) = (words::count(status.length, "block"), words::count(peers.len() as u64, "peer"));
    out.line(out.paint(STRONG, format_args!("http://{} has {length} and {known}", node.address())))?;
    table(out, peers.iter().map(|peer| row(peer, status.length)))
}

/// A row of a table.
struct Row {
    address: String,
    state: &'static str,
    style: Style,
    words: String,
    took_ms: Option<f64>,
}

fn row(peer: &PeerJson, own: u64) -> Row {
    let (state, style) = match peer.state {
        PeerStateJson::Answers => ("answers", GOOD),
        PeerStateJson::Fails => ("fails", BAD),
        PeerStateJson::Itself => ("this node itself", FAINT),
        PeerStateJson::Unasked => ("not asked yet", FAINT),
    };
    let mut parts: Vec<String> = peer.length.map(|length| words::count(length, "block")).into_iter().collect();
    parts.extend(relation(peer, own));
    if peer.kind == Some(PeerKindJson::Listing) {
        parts.push("a node of the listing".into());
    }
    parts.extend(peer.error.as_deref().map(shown));
    Row { address: shown(&peer.address), state, style, words: parts.join(", "), took_ms: peer.took_ms }
}

/// The relation of a peer's chain to the node's own, which has `own` blocks.
fn relation(peer: &PeerJson, own: u64) -> Option<String> {
    let common = peer.common.as_ref().map(|point| point.index);
    // The node may have mined a block between its two answers. Then the difference is unknown, and is left out.
    let blocks = |more: u64, fewer: u64| match more.saturating_sub(fewer) {
        0 => String::new(),
        number => format!("{} ", words::count(number, "block")),
    };
    Some(match (peer.relation?, common) {
        (RelationJson::Same, _) => "the same chain".into(),
        (RelationJson::Ahead, common) => format!("{}ahead of us", blocks(peer.length?, common?)),
        (RelationJson::Behind, common) => format!("{}behind us", blocks(own, common?)),
        (RelationJson::Parted, Some(common)) => format!("parted after block {common}"),
        (RelationJson::Parted, None) => "no block in common".into(),
    })
}

/// Prints the rows in aligned columns.
fn table(out: Output, rows: impl Iterator<Item = Row>) -> Result<(), Failure> {
    let rows: Vec<Row> = rows.collect();
    let width = |text: fn(&Row) -> &str| rows.iter().map(|row| text(row).chars().count()).max().unwrap_or(0);
    let (address_width, state_width) = (width(|row| &row.address), width(|row| row.state));
    for Row { address, state, style, words, took_ms } in &rows {
        let took = took_ms.map(|ms| format!("  ({})", words::duration(ms))).unwrap_or_default();
        // Padded before it is coloured: the codes of a colour have no width.
        let state = out.paint(*style, format_args!("{state:<state_width$}"));
        let line = format!("  {address:<address_width$}  {state}  {words}{}", out.paint(FAINT, took));
        out.line(line.trim_end())?;
    }
    Ok(())
}

async fn replace(node: &Node, out: Output) -> Result<(), Failure> {
    let answer = node.replace().await?;
    if out.is_json() {
        return out.document(answer.json()?);
    }
    let (offers, length, replaced): (_, _, Option<Replaced>) = match answer.either::<sound::RoundJson, RoundJson>()? {
        Either::Sound(round) => (round.offers, round.length, round.replacement.map(Into::into)),
        Either::Chapter(round) => (round.offers, round.length, round.replacement.map(Into::into)),
    };
    table(out, offers.iter().map(offer))?;
    match &replaced {
        Some(replaced) => print_replacement(out, replaced),
        None => {
            let length = words::count(length, "block");
            out.line(out.paint(STRONG, format_args!("The chain stays as it is, with {length}.")))
        }
    }
}

fn offer(offer: &OfferJson) -> Row {
    let (state, style) = match offer.outcome {
        OutcomeJson::Taken => ("taken", GOOD),
        OutcomeJson::PassedOver => ("passed over", NOTABLE),
        OutcomeJson::Itself => ("this node itself", FAINT),
    };
    let length = offer.length.map(|length| format!("{}: ", words::count(length, "block"))).unwrap_or_default();
    let words = format!("{length}{}", shown(&offer.reason));
    Row { address: shown(&offer.address), state, style, words, took_ms: Some(offer.took_ms) }
}

/// Prints what a replacement changed.
fn print_replacement(out: Output, replaced: &Replaced) -> Result<(), Failure> {
    let length = words::count(replaced.length, "block");
    out.line(out.paint(STRONG, format_args!("The chain has {length} now.")))?;
    match replaced.disconnected() {
        None => {
            let chain = replaced.better.replacen("one", "chain", 1);
            out.line(format_args!("No block was given up: the {chain} goes on where ours ended."))?;
        }
        Some(blocks) => {
            let kept = match replaced.number {
                0 => "too long to be kept".into(),
                number => format!("kept under number {number} (`bcoin export --given-up {number}`)"),
            };
            out.line(format_args!("Given up: {blocks}; {kept}."))?;
            for (index, hash, transactions) in &replaced.blocks {
                let transactions = words::count(*transactions, "transaction");
                out.line(format_args!("  block {index}, hash {}, {transactions}", words::short_hash(hash)))?;
            }
            rest(out, replaced.given_up, replaced.blocks.len())?;
        }
    }
    if replaced.returned > 0 {
        out.line(format_args!("Waiting again: {}.", words::count(replaced.returned, "payment")))?;
        for transaction in &replaced.transactions {
            out.line(format_args!("  {transaction}"))?;
        }
        rest(out, replaced.returned, replaced.transactions.len())?;
    }
    if replaced.not_returned > 0 {
        let gone = words::count(replaced.not_returned, "payment");
        out.line(format_args!("Gone: {gone}; no node takes such payments."))?;
    }
    Ok(())
}

/// Prints how many more there are: a node lists only the first hundred.
fn rest(out: Output, count: u64, named: usize) -> Result<(), Failure> {
    match count.saturating_sub(named as u64) {
        0 => Ok(()),
        rest => out.line(format_args!("  and {rest} more")),
    }
}
