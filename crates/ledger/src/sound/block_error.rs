//! Why a block is not valid, and what that says about its hash.

use thiserror::Error;

use super::{
    amount::Amount, block::DecodeError, checked_transfer::TransferError, header_chain::HeaderError, height::Height,
};
use crate::{hash::BlockHash, single_blocks::Invalidity};

/// Which rule a block breaks.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum BlockError {
    /// The bytes are no block.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The header breaks a rule.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// The first block is that of another network.
    #[error("the first block is that of another network: {found}, not {expected}")]
    OtherNetwork {
        /// The hash of this network's genesis block.
        expected: BlockHash,
        /// The hash of the block that was found.
        found: BlockHash,
    },
    /// The transactions are not those that the header names.
    #[error("the transactions do not have the Merkle root that is in the header")]
    Merkle,
    /// Transactions are repeated in a way that leaves the Merkle root as it is (CVE-2012-2459).
    #[error("transactions are repeated so that the Merkle root stays the same: this is not the block as it was mined")]
    Mutated,
    /// The block is not the one whose header was judged before.
    #[error("the block is not the one whose header was checked")]
    OtherHeader,
    /// The first transaction is no coinbase of this block.
    #[error("the first transaction has to be a coinbase with height {height} and a zero commitment")]
    Coinbase {
        /// The height that the block has.
        height: Height,
    },
    /// There is another coinbase.
    #[error("transaction {position} is a coinbase: only the first one may be")]
    SecondCoinbase {
        /// The position in the block, from 1.
        position: u32,
    },
    /// The reward goes to nobody.
    #[error("the receiver of the reward is no point on the curve: nobody can have that key")]
    CoinbaseKey,
    /// A transfer is not valid by itself.
    #[error("transaction {position}: {error}")]
    Transfer {
        /// The position in the block, from 1.
        position: u32,
        /// What is wrong.
        error: TransferError,
    },
    /// A transfer does not come next.
    #[error("transaction {position} has nonce {found}, but its sender has sent {expected} transfers so far")]
    Nonce {
        /// The position in the block, from 1.
        position: u32,
        /// The nonce that comes next.
        expected: u64,
        /// The nonce that it has.
        found: u64,
    },
    /// A sender has not enough.
    #[error("transaction {position} pays {} units, but its sender has {}", cost.units(), balance.units())]
    Funds {
        /// The position in the block, from 1.
        position: u32,
        /// What the sender has.
        balance: Amount,
        /// Amount and fee.
        cost: Amount,
    },
    /// The miner takes another reward than what is due.
    #[error("the reward is {found} units, but subsidy and fees are {expected}")]
    Reward {
        /// Subsidy and fees, in units.
        expected: u128,
        /// What the coinbase says.
        found: u64,
    },
}

impl BlockError {
    /// The name of the rule in answers to programs.
    pub fn why(&self) -> &'static str {
        match self {
            Self::Decode(error) => error.why(),
            Self::Header(error) => error.why(),
            Self::OtherNetwork { .. } | Self::OtherHeader => "previous",
            Self::Merkle => "merkle",
            Self::Mutated => "mutated",
            Self::Coinbase { .. } | Self::SecondCoinbase { .. } => "coinbase",
            Self::CoinbaseKey => "key",
            Self::Transfer { error, .. } => error.why(),
            Self::Nonce { .. } => "nonce",
            Self::Funds { .. } => "funds",
            Self::Reward { .. } => "reward",
        }
    }

    /// What can make the block pass. Only a header that breaks a rule, or a whole and unmutated body that fits the header's root
    /// and breaks one, is invalid for ever.
    pub fn invalidity(&self) -> Invalidity {
        match self {
            Self::Header(error) => error.invalidity(),
            Self::Decode(_) | Self::OtherHeader | Self::Merkle | Self::Mutated => Invalidity::Body,
            Self::OtherNetwork { .. }
            | Self::Coinbase { .. }
            | Self::SecondCoinbase { .. }
            | Self::CoinbaseKey
            | Self::Transfer { .. }
            | Self::Nonce { .. }
            | Self::Funds { .. }
            | Self::Reward { .. } => Invalidity::Permanent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::encoding::EncodingError, *};

    #[test]
    fn each_error_says_what_is_wrong_and_how_the_block_is_invalid() {
        let zero = BlockHash::ZERO;
        let transfer = TransferError::Amount;
        let units = |units| Amount::from_units(units).unwrap();
        let early = HeaderError::Early { latest: 1, found: 2 };
        let previous = HeaderError::Previous { expected: BlockHash::sha256("parent"), found: zero };
        for (error, why, invalidity, part) in [
            (BlockError::Decode(DecodeError::Size { bytes: 1_000_001 }), "size", Invalidity::Body, "not 1000001"),
            (DecodeError::from(EncodingError::TooShort).into(), "encoding", Invalidity::Body, "ends too early"),
            (DecodeError::from(EncodingError::Kind { kind: 7 }).into(), "kind", Invalidity::Body, "kind 7"),
            (DecodeError::from(EncodingError::Note { length: 81 }).into(), "note", Invalidity::Body, "not 81"),
            (early.into(), "time", Invalidity::Early, "keep the block and try again"),
            (previous.into(), "previous", Invalidity::MissingParent, "mine on that one"),
            (HeaderError::LastHeight.into(), "previous", Invalidity::Permanent, "the last height"),
            (
                BlockError::OtherNetwork { expected: zero, found: zero },
                "previous",
                Invalidity::Permanent,
                "another network: 00",
            ),
            (BlockError::Merkle, "merkle", Invalidity::Body, "do not have the Merkle root"),
            (BlockError::Mutated, "mutated", Invalidity::Body, "repeated so that the Merkle root stays the same"),
            (BlockError::OtherHeader, "previous", Invalidity::Body, "not the one whose header was checked"),
            (
                BlockError::Coinbase { height: Height::new(5) },
                "coinbase",
                Invalidity::Permanent,
                "a coinbase with height 5 and a zero commitment",
            ),
            (
                BlockError::SecondCoinbase { position: 3 },
                "coinbase",
                Invalidity::Permanent,
                "transaction 3 is a coinbase",
            ),
            (BlockError::CoinbaseKey, "key", Invalidity::Permanent, "nobody can have that key"),
            (
                BlockError::Transfer { position: 2, error: transfer },
                "amount",
                Invalidity::Permanent,
                "transaction 2: an amount",
            ),
            (
                BlockError::Nonce { position: 2, expected: 1, found: 4 },
                "nonce",
                Invalidity::Permanent,
                "nonce 4, but its sender has sent 1",
            ),
            (
                BlockError::Funds { position: 2, balance: units(1), cost: units(4) },
                "funds",
                Invalidity::Permanent,
                "pays 4 units, but its sender has 1",
            ),
            (
                BlockError::Reward { expected: 1, found: 4 },
                "reward",
                Invalidity::Permanent,
                "is 4 units, but subsidy and fees are 1",
            ),
        ] {
            assert_eq!((error.why(), error.invalidity()), (why, invalidity), "{error}");
            assert!(error.to_string().contains(part), "{error}");
        }
    }
}
