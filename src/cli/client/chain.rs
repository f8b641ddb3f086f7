//! `bcoin chain`: the latest blocks as a list, or one block in full.

use super::{
    find,
    http::Either,
    output::{FAINT, Output, STRONG, shown},
    sound_words, words,
};
use crate::{
    cli::{failure::Failure, flags::ChainFlags},
    wire::{
        sound,
        v1::{BlockJson, HeaderJson, Headers, Status},
    },
};

/// Prints the list or the block.
pub(in super::super) async fn run(flags: &ChainFlags) -> Result<(), Failure> {
    let (node, out) = (find::node(&flags.ask).await?, Output::new(&flags.ask));
    if let Some(id) = &flags.block {
        let answer = node.get(&format!("/blocks/{id}")).await?;
        if out.is_json() {
            return out.document(answer.json()?);
        }
        return match answer.either()? {
            Either::Sound(found) => sound_block(out, &found),
            Either::Chapter(found) => block(out, &found),
        };
    }
    let from = match flags.from {
        Some(from) => from,
        None => {
            let status: Status = node.get("/status").await?.read()?;
            status.length.saturating_sub(flags.limit) + 1
        }
    };
    let page = format!("?from={from}&limit={}", flags.limit);
    if out.is_json() {
        return out.document(node.get(&format!("/blocks{page}")).await?.json()?);
    }
    // Headers hold all that the list shows, and are short however many transactions the blocks hold.
    list(out, from, node.get(&format!("/headers{page}")).await?.either()?)
}

/// Index and line of each block of a list.
type Lines = Vec<(u64, String)>;

fn list(out: Output, from: u64, page: Either<sound::Headers, Headers>) -> Result<(), Failure> {
    let (lines, length, has_more): (Lines, u64, bool) = match page {
        Either::Sound(page) => (page.headers.iter().map(sound_line).collect(), page.length, page.next.is_some()),
        Either::Chapter(page) => (page.headers.iter().map(line).collect(), page.length, page.next.is_some()),
    };
    let length = words::count(length, "block");
    let (Some((first, _)), Some((last, _))) = (lines.first(), lines.last()) else {
        return out.line(format_args!("The chain has {length}, and none from {from} on."));
    };
    let width = last.to_string().len();
    for (index, line) in &lines {
        out.line(format_args!("{index:>width$}  {line}"))?;
    }
    let more = match has_more {
        true => format!("; `bcoin chain --from {}` goes on", last.saturating_add(1)),
        false => String::new(),
    };
    out.line(out.paint(FAINT, format_args!("{first} to {last} of {length}{more}")))
}

fn line(header: &HeaderJson) -> (u64, String) {
    let line = format!(
        "{}  {:<26}  {}",
        words::short_hash(&header.hash),
        words::block_time(&header.timestamp),
        words::count(header.transactions as u64, "transaction"),
    );
    (header.index, line)
}

fn sound_line(header: &sound::HeaderJson) -> (u64, String) {
    let line = format!(
        "{}  {}  bits {}  {:<15}  {} bytes, {} for {}",
        words::short_hash(&header.hash),
        sound_words::block_time(header.timestamp),
        shown(&header.bits),
        words::count(header.transactions as u64, "transaction"),
        header.bytes,
        sound_words::coins(header.reward),
        sound_words::short_address(header.receiver.as_deref()),
    );
    (header.index, line)
}

fn sound_block(out: Output, found: &sound::FoundBlock) -> Result<(), Failure> {
    let block = &found.block;
    let place = if found.active { "" } else { ", on a branch beside the chain" };
    out.line(out.paint(STRONG, format_args!("Block {}{place}", block.index)))?;
    for (label, value) in [
        ("hash", shown(&block.hash)),
        ("previous", shown(&block.previous_hash)),
        ("Merkle", shown(&block.merkle_root)),
        ("made at", sound_words::block_time(block.timestamp)),
        ("bits", shown(&block.bits)),
        ("nonce", block.proof.to_string()),
        ("version", format!("{:#x}", block.version)),
        ("holds", words::count(block.transactions.len() as u64, "transaction")),
    ] {
        out.line(format_args!("  {label:<10}{value}"))?;
    }
    for transaction in &block.transactions {
        out.line(format_args!("    {}", sound_words::transaction(transaction)))?;
    }
    Ok(())
}

fn block(out: Output, block: &BlockJson) -> Result<(), Failure> {
    out.line(out.paint(STRONG, format_args!("Block {}", block.index)))?;
    for (label, value) in [
        ("hash", shown(&block.hash)),
        ("previous", shown(&block.previous_hash)),
        ("proof", block.proof.to_string()),
        ("made at", shown(&block.timestamp)),
        ("holds", words::count(block.transactions.len() as u64, "transaction")),
    ] {
        out.line(format_args!("  {label:<10}{value}"))?;
    }
    for (position, transaction) in (1..).zip(&block.transactions) {
        let is_reward = position == block.transactions.len() && words::is_reward(transaction);
        let reward = if is_reward { ", the reward for mining" } else { "" };
        out.line(format_args!("    {}{reward}", words::transaction(transaction)))?;
    }
    Ok(())
}
