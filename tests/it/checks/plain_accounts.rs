//! Accounts by docs/sound-rules.md section 3: everything is added up anew from the first block on.

use std::collections::BTreeMap;

/// Subsidy in coins and halving interval in blocks of the network whose blocks these are.
pub const SUBSIDY: u64 = 3;
pub const HALVING: u64 = 4;
/// After so many blocks a reward is credited.
const MATURITY: usize = 10;

/// A payment of one of a few keys to another.
#[derive(Clone, Debug)]
pub struct PlainTransfer {
    pub sender: usize,
    pub receiver: usize,
    pub amount: u64,
    pub fee: u64,
    pub nonce: u64,
}

/// A block that pays its miner subsidy and fees.
#[derive(Clone, Debug, Default)]
pub struct PlainBlock {
    pub miner: usize,
    pub transfers: Vec<PlainTransfer>,
}

/// Balance and nonce of each key that has either.
pub type PlainAccounts = BTreeMap<usize, (u64, u64)>;

/// What the block at this height pays beside its fees, in units.
pub fn subsidy(height: usize) -> u64 {
    (SUBSIDY * 100_000_000).checked_shr(((height as u64 - 1) / HALVING) as u32).unwrap_or_default()
}

/// What a block pays its miner, in units.
pub fn reward(height: usize, transfers: &[PlainTransfer]) -> u128 {
    u128::from(subsidy(height)) + transfers.iter().map(|transfer| u128::from(transfer.fee)).sum::<u128>()
}

/// The accounts after these blocks, the first of which has height 1; or why the last of them cannot be.
pub fn accounts(blocks: &[PlainBlock]) -> Result<PlainAccounts, &'static str> {
    let mut accounts = PlainAccounts::new();
    for (height, block) in (1..).zip(blocks) {
        for transfer in &block.transfers {
            let sender = accounts.entry(transfer.sender).or_default();
            let cost = u128::from(transfer.amount) + u128::from(transfer.fee);
            if transfer.nonce != sender.1 {
                return Err("nonce");
            }
            if cost > u128::from(sender.0) {
                return Err("funds");
            }
            *sender = (sender.0 - cost as u64, sender.1 + 1);
            accounts.entry(transfer.receiver).or_default().0 += transfer.amount;
        }
        if height > MATURITY {
            let matured = &blocks[height - MATURITY - 1];
            accounts.entry(matured.miner).or_default().0 += reward(height - MATURITY, &matured.transfers) as u64;
        }
    }
    accounts.retain(|_, account| *account != (0, 0));
    Ok(accounts)
}
