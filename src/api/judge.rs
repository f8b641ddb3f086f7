//! Judges blocks that are shown to the node, as a round judges those of a peer's chain. Nothing is kept, nothing changes.

use std::fmt::Display;

use bcoin_ledger::chapter::{Block, BlockError, ChainCheck, Chapter, RuleError};
use bcoin_node::{
    now,
    store::{Reader, Snapshot, StoreError},
};
use serde_json::value::RawValue;

use crate::{
    format::capitalised,
    wire::v1::{JudgementJson, RefusalJson, VerdictJson},
};

/// What a first block names as the block before (docs/contract.md section 4).
const NO_PARENT: &str = "0";
const UNKNOWN_PARENT: &str = "no block here has the hash that it names as the one before";

/// Judges blocks that follow one another, at least one.
///
/// # Errors
/// When the own chain cannot be read.
pub(super) fn judge(reader: &Reader, blocks: &[Box<RawValue>]) -> Result<JudgementJson, StoreError> {
    let own = reader.snapshot()?;
    let own_length = own.length()?;
    let refused = |block: Option<u64>, code, reason: &dyn Display| JudgementJson {
        verdict: VerdictJson::Refused,
        block,
        code: Some(code),
        reason: format!("{}.", capitalised(&reason.to_string())),
        length: None,
        own_length,
    };
    let mut check: Option<ChainCheck> = None;
    for raw in blocks {
        let next = check.as_ref().map(|check| check.tip().map_or(0, |tip| tip.height) + 1);
        let block = match Block::from_json(raw.get()) {
            Ok(block) => block,
            Err(error) => return Ok(refused(next, RefusalJson::Shape, &error)),
        };
        let check = match &mut check {
            Some(check) => check,
            None => match start(&own, &block)? {
                Some(start) => check.insert(start),
                None => return Ok(refused(Some(block.index), RefusalJson::UnknownParent, &UNKNOWN_PARENT)),
            },
        };
        let index = block.index;
        if let Err(error) = check.push(block, now()) {
            return Ok(refused(next.or(Some(index)), code(&error), &error));
        }
    }
    let length = check.and_then(|check| check.tip()).map_or(0, |tip| tip.height);
    let (verdict, reason) = if length > own_length {
        (VerdictJson::Longer, format!("Valid, and longer than the chain here, which has {own_length}."))
    } else {
        (VerdictJson::NotLonger, format!("Valid, but not longer than the chain here, which has {own_length}."))
    };
    Ok(JudgementJson { verdict, block: None, code: None, reason, length: Some(length), own_length })
}

/// What the first block is judged against: the own block that it follows, or nothing when it is a first block. None when it follows
/// no block of the own chain.
fn start(own: &Snapshot, first: &Block) -> Result<Option<ChainCheck>, StoreError> {
    if first.previous_hash == NO_PARENT {
        return Ok(Some(ChainCheck::new(Chapter)));
    }
    let Ok(parent) = first.previous_hash.parse() else { return Ok(None) };
    let Some(height) = own.height_of(&parent)? else { return Ok(None) };
    Ok(own.ancestors(&Chapter, height)?.map(|ancestors| ChainCheck::after(Chapter, ancestors)))
}

fn code(error: &BlockError) -> RefusalJson {
    match error {
        BlockError::Decode(_) => RefusalJson::Shape,
        BlockError::Rule(RuleError::Genesis) => RefusalJson::Genesis,
        BlockError::Rule(RuleError::Index { .. }) => RefusalJson::Index,
        BlockError::Rule(RuleError::Link { .. } | RuleError::OtherHeader { .. }) => RefusalJson::Link,
        BlockError::Rule(RuleError::Proof { .. }) => RefusalJson::Proof,
    }
}
