//! Networks of the sound rules for tests: keys, signed transfers, and branches of valid blocks.

use bcoin_ledger::{
    CheckedBlock as _, Mempool as _, Power, Rules as _, Tip,
    sound::{
        Address, CheckedBlock, CheckedTransfer, Header, HeaderChain, Network, Note, Profile, PublicKey, Receiver,
        SecretKey, Signature, Sound, Transfer, mempool::Mempool,
    },
};
use chrono::{DateTime, Local, TimeDelta};
use serde_json::{Value, json};

/// How many units a coin has.
pub const COIN: u64 = 100_000_000;
/// What the first 210 blocks of a room pay, in units.
pub const SUBSIDY: u64 = 50_000 * COIN;
/// A fee that every transfer without a note may pay: 1 unit for each byte.
pub const FEE: u64 = 154;

/// The rules of an `instant` room: its blocks need no work to speak of.
pub fn instant(name: &str) -> Sound {
    Sound::new(Network::room(Profile::Instant, name, || false).expect("a room"))
}

/// A key whose number is its secret.
pub fn secret(number: u8) -> SecretKey {
    SecretKey::from_bytes([number; 32]).expect("a key")
}

/// The public key of [`secret`].
pub fn key(number: u8) -> PublicKey {
    secret(number).public_key()
}

/// The address of [`key`].
pub fn address(number: u8) -> Address {
    Address::from(key(number))
}

/// A signed transfer between the keys of these numbers.
pub fn transfer(rules: &Sound, from: u8, to: u8, amount: u64, fee: u64, nonce: u64) -> Transfer {
    let mut transfer = Transfer {
        sender: key(from).into(),
        receiver: key(to).into(),
        amount,
        fee,
        nonce,
        note: Note::default(),
        signature: Signature::from_bytes([0; 64]),
    };
    transfer.signature = secret(from).sign(&transfer.sighash(rules.network().sighash_engine()), &[0; 32]);
    transfer
}

/// The JSON in which a transfer is posted.
pub fn transfer_json(transfer: &Transfer) -> Value {
    json!({
        "sender": transfer.sender.to_string(),
        "receiver": transfer.receiver.to_string(),
        "amount": transfer.amount,
        "fee": transfer.fee,
        "nonce": transfer.nonce,
        "note": hex::encode(transfer.note.as_bytes()),
        "signature": hex::encode(transfer.signature.to_bytes()),
    })
}

/// Valid blocks one after the other, from the genesis block on. Accounts are not kept: transfers are put in as they are.
#[derive(Clone, Debug)]
pub struct Branch {
    /// The rules.
    pub rules: Sound,
    ancestors: HeaderChain,
    /// The time of the next block.
    time: DateTime<Local>,
    /// What lies between the times of its blocks.
    step: TimeDelta,
    /// Who is paid.
    receiver: Receiver,
}

impl Branch {
    /// A branch with the genesis block alone, whose blocks pay the key of this number and carry times from `time` on, one second
    /// apart. Branches with other numbers have other blocks.
    pub fn new(rules: &Sound, number: u8, time: DateTime<Local>) -> Self {
        let ancestors = rules.extend(None, rules.network().genesis());
        let receiver = Receiver { key: key(number), note: Note::default(), extranonce: u64::from(number) };
        Self { rules: rules.clone(), ancestors, time, step: TimeDelta::seconds(1), receiver }
    }

    /// The same branch so far, whose further blocks pay another key.
    pub fn fork(&self, number: u8) -> Self {
        let receiver = Receiver { key: key(number), note: Note::default(), extranonce: u64::from(number) };
        Self { receiver, ..self.clone() }
    }

    /// Goes on with a block that was made elsewhere. Only its header is looked at. Blocks that are mined afterwards all carry
    /// the same time, because it may be that of the clock.
    ///
    /// # Errors
    /// When it is no block, or does not follow.
    pub fn follow(&mut self, encoding: &[u8]) -> Result<(), String> {
        let header = encoding.first_chunk().map(Header::decode).ok_or("no header")?;
        let profile = self.rules.network().parameters().profile();
        let checked = HeaderChain::check(profile, Some(&self.ancestors), &header, u32::MAX);
        self.ancestors = HeaderChain::extend(Some(&self.ancestors), &checked.map_err(|error| error.to_string())?);
        let time = DateTime::from_timestamp(header.time.into(), 0).ok_or("no time")?;
        self.time = self.time.max(time.with_timezone(&Local));
        self.step = TimeDelta::zero();
        Ok(())
    }

    /// Its end.
    pub fn tip(&self) -> Tip {
        self.ancestors.tip()
    }

    /// The next block, with these transfers.
    pub fn mine(&mut self, transfers: &[Transfer]) -> CheckedBlock {
        let checked = |transfer: &Transfer| self.rules.check_transfer(transfer.clone()).expect("a transfer");
        let mempool: Mempool = transfers.iter().map(checked).collect::<Vec<CheckedTransfer>>().into_iter().collect();
        assert_eq!(mempool.len(), transfers.len());
        let job = self.rules.job(&self.ancestors, &mempool, &self.receiver, self.time);
        let found = self.rules.search(&job, Power::FULL, || false).expect("a solution");
        let block = self.rules.seal(job, found.solution, &mempool, self.time);
        let block = self.rules.check(Some(&self.ancestors), block, self.time).expect("a valid block");
        self.ancestors = self.rules.extend(Some(&self.ancestors), &block);
        self.time += self.step;
        block
    }

    /// The encodings of the next blocks, which hold no transfers.
    pub fn mine_empty(&mut self, count: usize) -> Vec<Vec<u8>> {
        (0..count).map(|_| self.mine(&[]).encoding().to_vec()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_goes_on_with_blocks_that_were_made_elsewhere() {
        let rules = instant("following");
        let mut branch = Branch::new(&rules, 1, Local::now() - TimeDelta::seconds(60));
        let mut follower = branch.fork(2);
        let blocks = branch.mine_empty(2);
        assert!(follower.follow(&blocks[1]).is_err(), "its parent is missing");
        assert!(follower.follow(&blocks[0][..79]).is_err(), "no header");
        for block in &blocks {
            follower.follow(block).unwrap();
        }
        assert_eq!(follower.tip(), branch.tip());
        assert_eq!(follower.mine(&[]).tip().height, 4);
    }
}
