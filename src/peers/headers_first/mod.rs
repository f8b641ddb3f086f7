//! The headers of a peer's chain under the sound rules, judged before its blocks are asked for: a chain whose headers show no more
//! work than the own one costs no block (docs/sound-rules.md section 5).

#[cfg(test)]
mod tests;

use std::{io::Read as _, time::Duration};

use bcoin_ledger::{
    Rules as _, Tip,
    sound::{HEADER_BYTES, Header, HeaderChain, Invalidity, Sound},
};
use bcoin_node::{ChainLimit, NodeHandle, Spool, now, store::Reader};
use serde::Deserialize;
use tokio::task::spawn_blocking;

use super::{
    chain_decoder::ChainError,
    error::{BrokenRule, PeerError},
    exchange::Goal,
    fetch::Fetch,
    peer_status::PeerTip,
    refusals::note_refusal,
};
use crate::wire::{sound::MAX_HEADERS, v1::PREFIX};

/// How many bytes an answer of [`MAX_HEADERS`] headers may have: two digits for each byte of a header, quotes, a comma and a blank, and what is around
/// them.
const MAX_ANSWER: u64 = (MAX_HEADERS * (2 * HEADER_BYTES + 4) + 1024) as u64;
/// How many bytes the shortest block has: the header, a count, and the shortest coinbase.
const MIN_BLOCK_BYTES: u64 = 80 + 1 + 86;

/// Headers of a chain.
#[derive(Deserialize)]
struct HeadersText {
    headers: Vec<String>,
    length: u64,
}

/// How far the headers of a chain were judged.
struct Judged {
    chain: HeaderChain,
    /// Whether the next header is ahead of the clock: the chain ends here for now, and nobody is to blame.
    is_early: bool,
}

/// Up to where the blocks of a peer's chain are worth fetching, whose last common block has the height `common`. Of the headers only
/// what counts for the next one is kept.
///
/// # Errors
/// When the headers do not come, or one breaks a rule: none after it is asked for.
pub(super) async fn judge(fetch: &Fetch<'_, Sound>, theirs: PeerTip, common: u64) -> Result<Goal, PeerError> {
    let max = fetch.client.limits.chain_bytes;
    if theirs.length.saturating_sub(common).saturating_mul(MIN_BLOCK_BYTES) > max {
        return Err(PeerError::BeyondLimit { length: Some(theirs.length), limit: ChainLimit::Chain(max) });
    }
    let rules = fetch.rules.clone();
    let common_chain = move |reader: &Reader| {
        let own = reader.snapshot()?;
        if own.length()? < common { Ok(None) } else { own.ancestors(&rules, common) }
    };
    let chain = fetch.node.read(common_chain).await?;
    // Chains of one network share the genesis block, and the own one may have become shorter meanwhile.
    let Some(chain) = chain else { return Err(PeerError::Changed) };
    let mut judged = Judged { chain, is_early: false };
    let mut first_byte = fetch.client.limits.first_byte;
    while judged.chain.tip().height < theirs.length && !judged.is_early {
        let before = judged.chain.tip().height;
        let text = receive(fetch, before + 1, first_byte).await?;
        judged = judge_answer(fetch, judged.chain, text).await?;
        if judged.chain.tip().height == before && !judged.is_early {
            return Err(PeerError::Chain(ChainError::Ended { length: before }));
        }
        first_byte = fetch.client.limits.rate_window;
    }
    let Tip { height, hash, .. } = judged.chain.tip();
    let is_better = judged.chain.tip().has_more_work_than(&fetch.view.tip);
    Ok(if is_better { Goal::Block { height, hash } } else { Goal::Nothing { height, is_early: judged.is_early } })
}

async fn receive(fetch: &Fetch<'_, Sound>, from: u64, first_byte: Duration) -> Result<Spool, PeerError> {
    let path = format!("{PREFIX}/chain/headers?from={from}");
    let received = fetch.piece(&path, MAX_ANSWER, first_byte).await?;
    match received {
        Some(received) if !received.is_cut => Ok(received.spool),
        Some(_) => Err(PeerError::NotANode(format!("its headers are longer than {MAX_ANSWER} bytes"))),
        // Its chain does not reach that height any more.
        None => Err(PeerError::Changed),
    }
}

/// Judges the headers of an answer on a thread that may block.
async fn judge_answer(fetch: &Fetch<'_, Sound>, chain: HeaderChain, mut text: Spool) -> Result<Judged, PeerError> {
    let _turn = fetch.client.next_turn().await?;
    let (rules, node) = (fetch.rules.clone(), fetch.node.clone());
    let work = move || {
        let mut bytes = Vec::new();
        text.read_to_end(&mut bytes).map_err(|error| PeerError::Store(error.into()))?;
        let answer: HeadersText = serde_json::from_slice(&bytes).map_err(ChainError::Json).map_err(PeerError::Chain)?;
        if answer.length != answer.headers.len() as u64 || answer.headers.len() > MAX_HEADERS {
            return Err(PeerError::NotANode("its answer does not have the number of headers that it says".into()));
        }
        judge_headers(&rules, &node, chain, &answer.headers).map_err(|error| match error {
            ChainError::Changed => PeerError::Changed,
            error => PeerError::Chain(error),
        })
    };
    spawn_blocking(work).await.map_err(|_| PeerError::Interrupted)?
}

/// Judges these headers after `chain`, in their order.
fn judge_headers(
    rules: &Sound,
    node: &NodeHandle<Sound>,
    mut chain: HeaderChain,
    headers: &[String],
) -> Result<Judged, ChainError> {
    for digits in headers {
        let height = chain.tip().height + 1;
        let refused = |reason: BrokenRule| ChainError::Block { height, reason };
        let header = read_header(digits).map_err(refused)?;
        let hash = header.hash();
        if let Some(reason) = node.known_invalid(&hash) {
            return Err(refused(BrokenRule::new(reason.to_string())));
        }
        match rules.check_header(Some(&chain), &header, now()) {
            Ok(checked) => chain = HeaderChain::extend(Some(&chain), &checked),
            Err(error) => match error.invalidity() {
                Invalidity::Early => return Ok(Judged { chain, is_early: true }),
                Invalidity::MissingParent => return Err(ChainError::Changed),
                Invalidity::Permanent | Invalidity::Body => {
                    note_refusal(rules, node, &header, &error);
                    return Err(refused(BrokenRule::new(error)));
                }
            },
        }
    }
    Ok(Judged { chain, is_early: false })
}

fn read_header(digits: &str) -> Result<Header, BrokenRule> {
    let mut bytes = [0; HEADER_BYTES];
    hex::decode_to_slice(digits, &mut bytes)
        .map_err(|_| BrokenRule::new(format!("its header is not {} hexadecimal digits", 2 * HEADER_BYTES)))?;
    Ok(Header::decode(&bytes))
}
