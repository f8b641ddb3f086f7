//! `bcoin chain`: the latest blocks as a list, or one block in full.

use super::{
    find,
    output::{FAINT, Output, STRONG, shown},
    words,
};
use crate::{
    cli::{failure::Failure, flags::ChainFlags},
    wire::v1::{BlockJson, Headers, Status},
};

/// Prints the list or the block.
pub(in super::super) async fn run(flags: &ChainFlags) -> Result<(), Failure> {
    let (node, out) = (find::node(&flags.ask).await?, Output::new(&flags.ask));
    if let Some(id) = &flags.block {
        let answer = node.get(&format!("/blocks/{id}")).await?;
        return if out.is_json() { out.document(answer.json()?) } else { block(out, &answer.read()?) };
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
    list(out, from, &node.get(&format!("/headers{page}")).await?.read()?)
}

fn list(out: Output, from: u64, page: &Headers) -> Result<(), Failure> {
    let length = words::count(page.length, "block");
    let (Some(first), Some(last)) = (page.headers.first(), page.headers.last()) else {
        return out.line(format_args!("The chain has {length}, and none from {from} on."));
    };
    let width = last.index.to_string().len();
    for header in &page.headers {
        out.line(format_args!(
            "{:>width$}  {}  {:<26}  {}",
            header.index,
            words::short_hash(&header.hash),
            words::block_time(&header.timestamp),
            words::count(header.transactions as u64, "transaction"),
        ))?;
    }
    let more = match page.next {
        Some(_) => format!("; `bcoin chain --from {}` goes on", last.index.saturating_add(1)),
        None => String::new(),
    };
    out.line(out.paint(FAINT, format_args!("{} to {} of {length}{more}", first.index, last.index)))
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
