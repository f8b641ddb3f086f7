//! Chains that a replacement gave up: the last ten are kept, so that no forged chain destroys anybody's work.
//!
//! Of such a chain the blocks after its fork are kept. The ones before it stand in the chain that replaced it, or, when that
//! was given up later, among the blocks kept for that one, which is forgotten later still.

use std::ops::RangeInclusive;

use redb::{ReadableTable, Table, WriteTransaction};
use serde::{Deserialize, Serialize};

use super::{
    error::StoreError,
    read::{BlockTexts, Snapshot},
    tables::{BLOCKS, GIVEN_UP, GIVEN_UP_BLOCKS},
};
use crate::ledger::BlockHash;

/// How many given-up chains are kept.
const KEPT: u64 = 10;

/// A chain that was replaced by a longer one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenUp {
    /// Counted upwards from 1 over the life of the data.
    #[serde(skip)]
    pub number: u64,
    /// When it was replaced, by the node's clock.
    pub given_up_at: String,
    /// How many blocks it had.
    pub length: u64,
    /// Index of the last block that it shares with the chain that replaced it; 0 when there is none.
    pub fork: u64,
    /// Hash of that block, in hexadecimal; empty when there is none.
    fork_hash: String,
}

/// Moves the blocks after `fork` of the chain in `write` to the given-up ones, and forgets the oldest of those. Returns the number
/// under which they are kept.
pub(super) fn give_up(write: &WriteTransaction, fork: u64, given_up_at: String) -> Result<u64, StoreError> {
    let mut chain = write.open_table(BLOCKS)?;
    let mut records = write.open_table(GIVEN_UP)?;
    let mut kept = write.open_table(GIVEN_UP_BLOCKS)?;
    let number = records.last()?.map_or(1, |(number, _)| number.value() + 1);
    let record = GivenUp {
        number,
        given_up_at,
        length: chain.last()?.map_or(0, |(index, _)| index.value()),
        fork,
        fork_hash: hash_of(&chain, fork)?,
    };
    for entry in chain.range(fork + 1..)? {
        let (index, text) = entry?;
        kept.insert((number, index.value()), text.value())?;
    }
    chain.retain_in(fork + 1.., |_, _| false)?;
    let record = serde_json::to_vec(&record).map_err(|error| StoreError::Damaged(error.to_string()))?;
    records.insert(number, record.as_slice())?;
    let forgotten = ..=number.saturating_sub(KEPT);
    records.retain_in(forgotten, |_, _| false)?;
    kept.retain_in(..=(forgotten.end, u64::MAX), |_, _| false)?;
    Ok(number)
}

/// Index of the last block that the chain shares with the one that was given up last; the end of the chain when none was.
pub(super) fn fork_of_latest(write: &WriteTransaction) -> Result<u64, StoreError> {
    let records = write.open_table(GIVEN_UP)?;
    let Some((_, record)) = records.last()? else { return Ok(u64::MAX - 1) };
    let record: GivenUp =
        serde_json::from_slice(record.value()).map_err(|error| StoreError::Damaged(error.to_string()))?;
    Ok(record.fork)
}

/// Undoes the latest [`give_up`]: the given-up chain is the chain again, and no longer among the given-up ones. The chain that
/// one forgot then stays forgotten.
pub(super) fn bring_back_latest(write: &WriteTransaction) -> Result<(), StoreError> {
    let mut chain = write.open_table(BLOCKS)?;
    let mut records = write.open_table(GIVEN_UP)?;
    let mut kept = write.open_table(GIVEN_UP_BLOCKS)?;
    let Some((number, record)) = records.pop_last()?.map(|(number, record)| (number.value(), record.value().to_vec()))
    else {
        return Ok(());
    };
    let record: GivenUp = serde_json::from_slice(&record).map_err(|error| StoreError::Damaged(error.to_string()))?;
    chain.retain_in(record.fork + 1.., |_, _| false)?;
    let blocks = (number, 0)..=(number, u64::MAX);
    for entry in kept.range(blocks.clone())? {
        let (key, text) = entry?;
        chain.insert(key.value().1, text.value())?;
    }
    kept.retain_in(blocks, |_, _| false)?;
    Ok(())
}

fn hash_of(chain: &Table<'_, u64, &'static [u8]>, index: u64) -> Result<String, StoreError> {
    let Some(text) = chain.get(index)? else { return Ok(String::new()) };
    let text = std::str::from_utf8(text.value()).map_err(|error| StoreError::Damaged(error.to_string()))?;
    Ok(BlockHash::of(text).to_string())
}

/// Where a part of a given-up chain stands.
enum Part {
    Chain(RangeInclusive<u64>),
    GivenUp(u64, RangeInclusive<u64>),
}

impl Snapshot {
    /// The chains that were given up, the latest first.
    ///
    /// # Errors
    /// When the database fails or is damaged.
    pub fn given_up(&self) -> Result<Vec<GivenUp>, StoreError> {
        let mut all = Vec::new();
        for entry in self.given_up.iter()?.rev() {
            let (number, record) = entry?;
            let record: GivenUp =
                serde_json::from_slice(record.value()).map_err(|error| StoreError::Damaged(error.to_string()))?;
            all.push(GivenUp { number: number.value(), ..record });
        }
        Ok(all)
    }

    /// The canonical texts of the blocks of a chain that was given up, from its first one on.
    ///
    /// # Errors
    /// When the database fails or is damaged.
    pub fn given_up_blocks(
        &self,
        chain: &GivenUp,
    ) -> Result<impl Iterator<Item = Result<String, StoreError>> + use<>, StoreError> {
        let mut later = self.given_up()?;
        later.retain(|other| other.number > chain.number);
        later.reverse();
        let mut parts = vec![Part::GivenUp(chain.number, chain.fork + 1..=chain.length)];
        let mut fork = (chain.fork, chain.fork_hash.clone());
        let mut later = later.into_iter();
        while fork.0 > 0 {
            if self.block(fork.0)?.is_some_and(|text| BlockHash::of(&text).is_written(&fork.1)) {
                parts.push(Part::Chain(1..=fork.0));
                break;
            }
            let holder = loop {
                let other = later
                    .next()
                    .ok_or_else(|| StoreError::Damaged(format!("block {} of a given-up chain is nowhere", fork.0)))?;
                let block = self.given_up_block(other.number, fork.0)?;
                if block.is_some_and(|text| BlockHash::of(&text).is_written(&fork.1)) {
                    break other;
                }
            };
            parts.push(Part::GivenUp(holder.number, holder.fork + 1..=fork.0));
            fork = (holder.fork, holder.fork_hash);
        }
        let texts: Result<Vec<BlockTexts>, StoreError> = parts
            .into_iter()
            .rev()
            .map(|part| match part {
                Part::Chain(range) => self.block_range(range),
                Part::GivenUp(number, range) => self.given_up_range(number, range),
            })
            .collect();
        Ok(texts?.into_iter().flatten())
    }
}
