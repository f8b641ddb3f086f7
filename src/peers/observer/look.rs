//! One look at a peer: cheap, and as cheap for a long chain as for a short one.
//!
//! A B-Coin peer says how it is, and which blocks are new. A node of the listing has only `/get_chain`: its answer is read when it is
//! short, and otherwise only its length.

use bcoin_ledger::{
    BlockHash, ChainCheck, CheckedBlock as _,
    chapter::{Block, Chapter},
};
use bcoin_node::{CandidateError, PeerAddress, now};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::time::{Instant, timeout};

use super::{
    super::{
        chain_decoder::ChainError,
        client::{Beginning, MAX_DOCUMENT, PeerClient},
        error::PeerError,
        exchange::Exchange as _,
        peer_status::StatusOfPeer,
        seen_block::SeenHeader,
    },
    observation::{BCoinReport, LastBlock, ListingReport, Observation, Report, TRAIL_BLOCKS, Trail},
};

/// Asks a peer how it is. `before` is what was known of it.
pub(super) async fn look(client: &PeerClient, peer: &PeerAddress, before: &Observation) -> Observation {
    let (began, asked_at) = (Instant::now(), now().to_utc());
    let limit = client.limits.document;
    let too_slow = |_| PeerError::TooSlow(format!("not known within {} s", limit.as_secs_f64()));
    let asked = timeout(limit, ask(client, peer, before.report.as_ref())).await.map_err(too_slow);
    let answer = asked.and_then(|answer| answer);
    let took = Some(began.elapsed());
    match answer {
        Ok(report) => Observation {
            outcome: Some(Ok(())),
            report: Some(report),
            seen_at: Some(now().to_utc()),
            took,
            asked_at: Some(asked_at),
        },
        Err(error) => {
            let reason = error.to_string();
            tracing::debug!(%peer, reason = %reason.escape_debug(), "does not answer as a node does");
            Observation { outcome: Some(Err(error.into())), took, asked_at: Some(asked_at), ..before.clone() }
        }
    }
}

async fn ask(client: &PeerClient, peer: &PeerAddress, before: Option<&Report>) -> Result<Report, PeerError> {
    match client.status(peer).await? {
        Some(status) => {
            let before = match before {
                Some(Report::BCoin(report)) => Some(&**report),
                _ => None,
            };
            Ok(Report::BCoin(Box::new(report(client, peer, status, before).await?)))
        }
        None => {
            let before = match before {
                Some(Report::Listing(report)) => Some(report),
                _ => None,
            };
            Ok(Report::Listing(look_at_listing(client, peer, before).await?))
        }
    }
}

async fn report(
    client: &PeerClient,
    peer: &PeerAddress,
    status: StatusOfPeer,
    before: Option<&BCoinReport>,
) -> Result<BCoinReport, PeerError> {
    let tip = status.tip;
    let (trail, last_block) = match before {
        Some(before) if before.trail.height() == tip.length && before.trail.hash() == tip.hash => {
            (before.trail.clone(), before.last_block.clone())
        }
        before => new_trail(client, peer, tip.length, tip.hash, before.map(|before| &before.trail)).await?,
    };
    let StatusOfPeer { tip: _, network, name, node_address, miner, mining, last_mined } = status;
    Ok(BCoinReport { network, work: tip.work, name, node_address, miner, mining, last_mined, last_block, trail })
}

/// The end of a chain whose last block is new: the blocks after those that are known, or its last ones.
async fn new_trail(
    client: &PeerClient,
    peer: &PeerAddress,
    length: u64,
    hash: BlockHash,
    before: Option<&Trail>,
) -> Result<(Trail, Option<LastBlock>), PeerError> {
    let grown = before.filter(|before| (1..=TRAIL_BLOCKS as u64).contains(&length.saturating_sub(before.height())));
    if let Some(before) = grown
        && let Some(headers) = client.headers(peer, before.height() + 1, TRAIL_BLOCKS).await?
        && let Some(grown) = extended(before, &headers).filter(|(trail, _)| trail.height() >= length)
    {
        return Ok(grown);
    }
    let first = length.saturating_sub(TRAIL_BLOCKS as u64 - 1).max(1);
    let headers = client.headers(peer, first, TRAIL_BLOCKS).await?;
    // An answer of long blocks may end before the last one.
    let known = headers.as_deref().and_then(from_headers).filter(|(trail, _)| trail.height() >= length);
    Ok(known.unwrap_or_else(|| (Trail::new(length, hash), None)))
}

/// The trail of a chain that goes on with these headers; none when it does not, or they are none.
fn extended(before: &Trail, headers: &[SeenHeader]) -> Option<(Trail, Option<LastBlock>)> {
    let mut trail = before.clone();
    for header in headers {
        trail.push(follows(&trail, header)?);
    }
    Some((trail, Some(headers.last()?.last_block())))
}

fn from_headers(headers: &[SeenHeader]) -> Option<(Trail, Option<LastBlock>)> {
    let (first, rest) = headers.split_first()?;
    let trail = Trail::new(first.index, first.hash()?);
    if rest.is_empty() { Some((trail, Some(first.last_block()))) } else { extended(&trail, rest) }
}

/// The hash of a block that follows the last one of `trail`; none when it does not.
pub(super) fn follows(trail: &Trail, header: &SeenHeader) -> Option<BlockHash> {
    let follows = header.index == trail.height() + 1 && header.previous_hash == trail.hash().to_string();
    header.hash().filter(|_| follows)
}

/// Looks whether a node of the listing answers, and whether its chain has changed.
async fn look_at_listing(
    client: &PeerClient,
    peer: &PeerAddress,
    before: Option<&ListingReport>,
) -> Result<ListingReport, PeerError> {
    let body_bytes = client.listing_bytes(peer).await?;
    match before {
        // The chain is the one that is known.
        Some(ListingReport { trail: Some(trail), body_bytes: known })
            if body_bytes.is_some_and(|bytes| known.map_or(bytes > MAX_DOCUMENT as u64, |known| known == bytes)) =>
        {
            return Ok(ListingReport { body_bytes, trail: Some(trail.clone()) });
        }
        // It has shown before that it is a node.
        Some(_) if body_bytes.is_some_and(|bytes| bytes > MAX_DOCUMENT as u64) => {
            return Ok(ListingReport { body_bytes, trail: None });
        }
        _ => {}
    }
    let Beginning { text, is_whole } = client.chain_beginning(peer).await?;
    if is_whole {
        return Ok(ListingReport { body_bytes, trail: Some(check(&text)?) });
    }
    check_first_block(&text)?;
    Ok(ListingReport { body_bytes, trail: None })
}

/// Whether a long answer begins as a chain does.
fn check_first_block(beginning: &[u8]) -> Result<(), PeerError> {
    let list = beginning.iter().position(|byte| *byte == b'[').map_or(beginning.len(), |at| at + 1);
    let mut values = serde_json::Deserializer::from_slice(&beginning[list..]).into_iter::<&RawValue>();
    let is_first = |raw: &RawValue| {
        Block::from_json(raw.get()).is_ok_and(|block| ChainCheck::new(Chapter).push(block, now()).is_ok())
    };
    match values.next() {
        Some(Ok(raw)) if is_first(raw) => Ok(()),
        _ => Err(PeerError::NotANode("its answer to /get_chain does not begin with a first block".into())),
    }
}

/// A chain in the form of `/get_chain`.
#[derive(Deserialize)]
struct ChainText<'a> {
    #[serde(borrow)]
    chain: Vec<&'a RawValue>,
    length: u64,
}

/// The end of a short chain that is valid.
fn check(text: &[u8]) -> Result<Trail, PeerError> {
    let not_a_node = |reason: &dyn std::fmt::Display| PeerError::NotANode(reason.to_string());
    let answer: ChainText<'_> = serde_json::from_slice(text).map_err(|error| not_a_node(&error))?;
    let mut check = ChainCheck::new(Chapter);
    let mut trail: Option<Trail> = None;
    for (height, raw) in (1..).zip(&answer.chain) {
        let block = Chapter.read_block(raw.get()).map_err(|reason| ChainError::Block { height, reason });
        let checked = block.and_then(|block| {
            check.push(block, now()).map_err(|error| ChainError::from_candidate(CandidateError::Rule(error)))
        });
        let hash = match checked {
            Ok(block) => block.tip().hash,
            // What has not shown one valid block is no node.
            Err(error) if height == 1 => return Err(not_a_node(&error)),
            Err(error) => return Err(PeerError::Chain(error)),
        };
        match &mut trail {
            Some(trail) => trail.push(hash),
            None => trail = Some(Trail::new(1, hash)),
        }
    }
    match trail {
        Some(trail) if trail.height() == answer.length => Ok(trail),
        _ => Err(not_a_node(&"its length is not the number of its blocks")),
    }
}
