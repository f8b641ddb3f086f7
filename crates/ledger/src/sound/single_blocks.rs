//! The sound rules, as far as blocks that travel one by one need them.

use chrono::{DateTime, Utc};

use super::{
    block::{Block, read_header},
    block_error::BlockError,
    check::check_root,
    header::Header,
    header_chain::HeaderError,
    rules::Sound,
};
use crate::{
    hash::BlockHash,
    single_blocks::{Invalidity, SingleBlocks},
};

impl SingleBlocks for Sound {
    fn read_header(&self, encoding: &[u8]) -> Result<Header, BlockError> {
        Ok(read_header(encoding)?)
    }

    fn hash(&self, header: &Header) -> BlockHash {
        header.hash()
    }

    fn parent(&self, header: &Header) -> BlockHash {
        header.previous
    }

    fn due(&self, header: &Header) -> DateTime<Utc> {
        due(self, header.time)
    }

    /// The bits have to stand for a target that is not easier than the limit, and the hash has to meet it.
    fn check_least_work(&self, header: &Header) -> Result<(), BlockError> {
        let limit = self.network().parameters().profile().limit();
        let target = header.bits.decode().ok().filter(|target| *target <= limit);
        let target = target.ok_or(HeaderError::Limit { limit: limit.to_compact(), found: header.bits })?;
        let hash = header.hash();
        if target.is_met_by(hash) { Ok(()) } else { Err(HeaderError::Work { hash, target }.into()) }
    }

    fn check_body(&self, block: &Block) -> Result<(), BlockError> {
        check_root(block)
    }

    fn invalidity(&self, error: &BlockError) -> Invalidity {
        error.invalidity()
    }
}

/// From when on a header with this Unix time in seconds is not early.
pub(super) fn due(rules: &Sound, time: u32) -> DateTime<Utc> {
    let ahead = rules.network().parameters().profile().max_seconds_ahead();
    DateTime::from_timestamp((i64::from(time) - i64::from(ahead)).max(0), 0).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            CompactTarget,
            testing::{block_at, coinbase, network},
            transaction::Transaction,
        },
        *,
    };
    use crate::rules::Rules as _;

    fn block() -> Block {
        block_at(5, vec![Transaction::Coinbase(coinbase(5, 1))]).1
    }

    #[test]
    fn a_header_is_read_whatever_follows_it() {
        let rules = Sound::new(network());
        let mut encoding = block().encode();
        assert_eq!(rules.read_header(&encoding), Ok(block().header));
        encoding.truncate(80);
        assert_eq!(rules.read_header(&encoding), Ok(block().header));
        encoding.truncate(79);
        assert_eq!(rules.read_header(&encoding).unwrap_err().why(), "encoding");
        assert_eq!(rules.read_header(&vec![0; Sound::MAX_BLOCK_BYTES + 1]).unwrap_err().why(), "size");
    }

    #[test]
    fn a_header_is_due_as_many_seconds_before_its_time_as_clocks_may_differ() {
        let rules = Sound::new(network());
        for (time, due) in [(0, 0), (60, 0), (61, 1), (u32::MAX, i64::from(u32::MAX) - 60)] {
            assert_eq!(rules.due(&Header { time, ..block().header }).timestamp(), due);
        }
    }

    #[test]
    fn the_least_work_is_that_of_the_limit() {
        let rules = Sound::new(network());
        let with_bits = |bits| Header { bits: CompactTarget::from_consensus(bits), ..block().header };
        let solved = |header: Header, solved| {
            let target = header.bits.decode().unwrap();
            (0..).map(|nonce| Header { nonce, ..header }).find(|one| target.is_met_by(one.hash()) == solved).unwrap()
        };
        for bits in [0x207f_ffff, 0x2000_ffff] {
            assert_eq!(rules.check_least_work(&solved(with_bits(bits), true)), Ok(()));
            assert_eq!(rules.check_least_work(&solved(with_bits(bits), false)).unwrap_err().why(), "work");
        }
        for bits in [0, 0x2100_ffff, 0x2080_0000] {
            let error = rules.check_least_work(&with_bits(bits)).unwrap_err();
            assert_eq!((error.why(), rules.invalidity(&error)), ("bits", Invalidity::Permanent), "{error}");
        }
    }

    #[test]
    fn a_body_is_held_against_its_header_without_a_parent() {
        let rules = Sound::new(network());
        assert_eq!(rules.check_body(&block()), Ok(()));
        let other = Block { transactions: vec![Transaction::Coinbase(coinbase(5, 2))], ..block() };
        assert_eq!(rules.check_body(&other), Err(BlockError::Merkle));
    }
}
