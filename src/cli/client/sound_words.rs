//! Blocks and transactions of the sound rules in words.

use bcoin_ledger::sound::Amount;
use chrono::DateTime;

use super::{
    output::shown,
    words::{count, duration, moment, short_hash},
};
use crate::wire::sound::{BlockJson, DepartureJson, HeaderJson, RewardJson, TransactionJson, TransferJson};

/// How many characters of an address are enough to tell people apart.
const SHORT_ADDRESS: usize = 12;

/// An amount of units in coins: `1 coin`, `50000 coins`, `0.00000154 coins`.
pub(super) fn coins(units: u64) -> String {
    let coins =
        Amount::from_units(units).map_or_else(|| format!("{units} units, no amount of"), |amount| amount.to_string());
    format!("{coins} coin{}", if coins == "1" { "" } else { "s" })
}

/// The beginning of an address; a dash for the first block's receiver, which is nobody.
pub(super) fn short_address(address: Option<&str>) -> String {
    let Some(address) = address else { return "-".into() };
    match address.char_indices().nth(SHORT_ADDRESS) {
        Some((at, _)) => format!("{}...", shown(&address[..at])),
        None => shown(address),
    }
}

/// The time in a header.
pub(super) fn block_time(seconds: u32) -> String {
    DateTime::from_timestamp(seconds.into(), 0).map(moment).unwrap_or_default()
}

/// `bco1... pays bco1... 1.5 coins, fee 0.00000154 coins (nonce 3, id 1f2e3d4c...)`.
pub(super) fn transfer(transfer: &TransferJson) -> String {
    format!(
        "{} pays {} {}, fee {} (nonce {}, id {})",
        shown(&transfer.sender),
        shown(&transfer.receiver),
        coins(transfer.amount),
        coins(transfer.fee),
        transfer.nonce,
        short_hash(&transfer.id),
    )
}

/// A transaction of a block.
pub(super) fn transaction(transaction: &TransactionJson) -> String {
    match transaction {
        TransactionJson::Transfer(transfer) => self::transfer(transfer),
        TransactionJson::Reward(RewardJson { receiver: Some(receiver), amount, .. }) => {
            format!("{} receives {}, the reward for mining", shown(receiver), coins(*amount))
        }
        TransactionJson::Reward(RewardJson { receiver: None, .. }) => "the first block pays nobody".into(),
    }
}

/// `block 3 mined: 2 transactions, 50000.00000154 coins for bco1..., nonce 533 after 533 tries in 0.9 ms, hash 1f2e3d4c...`.
pub(super) fn mined(header: &HeaderJson, tries: u64, took_ms: f64) -> String {
    format!(
        "block {} mined: {}, {} for {}, nonce {} after {} in {}, hash {}",
        header.index,
        count(header.transactions as u64, "transaction"),
        coins(header.reward),
        short_address(header.receiver.as_deref()),
        header.proof,
        if tries == 1 { "1 try".into() } else { format!("{tries} tries") },
        duration(took_ms),
        short_hash(&header.hash),
    )
}

/// As [`mined`], for a whole block.
pub(super) fn mined_block(block: &BlockJson, tries: u64, took_ms: f64) -> String {
    let reward = block.transactions.iter().find_map(|transaction| match transaction {
        TransactionJson::Reward(reward) => {
            Some(format!(", {} for {}", coins(reward.amount), short_address(reward.receiver.as_deref())))
        }
        TransactionJson::Transfer(_) => None,
    });
    format!(
        "block {} mined: {}{}, nonce {} after {} in {}, hash {}",
        block.index,
        count(block.transactions.len() as u64, "transaction"),
        reward.unwrap_or_default(),
        block.proof,
        if tries == 1 { "1 try".into() } else { format!("{tries} tries") },
        duration(took_ms),
        short_hash(&block.hash),
    )
}

/// `block 3 received: 2 transactions, ...`.
pub(super) fn received(header: &HeaderJson) -> String {
    format!(
        "block {} received: {}, {} for {}, hash {}",
        header.index,
        count(header.transactions as u64, "transaction"),
        coins(header.reward),
        short_address(header.receiver.as_deref()),
        short_hash(&header.hash),
    )
}

/// Why a transfer waits no more.
pub(super) fn departure(why: DepartureJson) -> &'static str {
    match why {
        DepartureJson::Replaced => "replaced by another transfer with the same nonce",
        DepartureJson::Evicted => "pushed out of the full mempool by transfers that pay more",
        DepartureJson::Invalid => "not valid any more after the latest blocks",
        DepartureJson::Undone => {
            "undone: its block has left the chain, and it is not valid after the blocks that came instead"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_shown_in_coins() {
        for (units, words) in [
            (0, "0 coins"),
            (100_000_000, "1 coin"),
            (5_000_000_000_000, "50000 coins"),
            (154, "0.00000154 coins"),
            (150_000_000, "1.5 coins"),
            (u64::MAX, "18446744073709551615 units, no amount of coins"),
        ] {
            assert_eq!(coins(units), words);
        }
    }

    #[test]
    fn an_address_is_cut_and_what_comes_from_elsewhere_is_escaped() {
        assert_eq!(short_address(None), "-");
        assert_eq!(short_address(Some("bco1qqqqqqqqqqqqqq")), "bco1qqqqqqqq...");
        assert_eq!(short_address(Some("\u{1b}[31m")), "\\u{1b}[31m");
    }
}
