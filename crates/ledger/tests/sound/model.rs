//! The rules of docs/sound-rules.md sections 1 to 3 written down a second time, as plainly as possible and without the types of the
//! ledger, for networks of the profile `instant`. Everything is computed anew from the raw blocks for each question.
//!
//! Signatures alone are judged by the same libsecp256k1 as in the ledger. That it judges them as it should is tested with the
//! vectors of BIP 340 (`keys.rs`).

use std::collections::{BTreeMap, BTreeSet};

use bitcoin::secp256k1::{Message, Secp256k1, VerifyOnly, XOnlyPublicKey, schnorr::Signature};
use sha2::{Digest as _, Sha256};

/// The name of a rule.
pub type Why = &'static str;
/// Balance and nonce of each key, without those that are 0 and 0.
pub type Accounts = BTreeMap<Vec<u8>, (u64, u64)>;

const MAX_MONEY: u64 = 2_100_000_000_000_000;
const BITS: u32 = 0x207f_ffff;

pub struct Model {
    /// The active chain.
    pub blocks: Vec<Vec<u8>>,
    /// Seconds since 1970.
    now: u64,
    curve: Secp256k1<VerifyOnly>,
}

enum Transaction {
    Coinbase {
        height: u32,
        receiver: Vec<u8>,
        amount: u64,
        commitment: Vec<u8>,
        note: Vec<u8>,
    },
    Transfer {
        sender: Vec<u8>,
        receiver: Vec<u8>,
        amount: u64,
        fee: u64,
        nonce: u64,
        unsigned: Vec<u8>,
        signature: Vec<u8>,
    },
}

use Transaction::{Coinbase, Transfer};

impl Model {
    pub fn new(genesis: Vec<u8>, now: u64) -> Self {
        Self { blocks: vec![genesis], now, curve: Secp256k1::verification_only() }
    }

    /// The accounts at the end of the chain.
    pub fn accounts(&self) -> Accounts {
        let mut accounts = Accounts::new();
        for (height, block) in self.blocks.iter().enumerate() {
            let transactions = transactions(&block[80..]).unwrap();
            let broken = transfer_all(&mut accounts, transactions.iter().map(|(_, transaction)| transaction));
            assert!(broken.is_empty(), "{broken:?}");
            if height > 10 {
                let matured = self::transactions(&self.blocks[height - 10][80..]).unwrap();
                let Coinbase { receiver, amount, .. } = &matured[0].1 else { panic!("a coinbase comes first") };
                accounts.entry(receiver.clone()).or_default().0 += amount;
            }
        }
        accounts.retain(|_, account| *account != (0, 0));
        accounts
    }

    /// Which rules a block after the chain breaks. Without any it is right. Where it breaks many, some may be missing, but never
    /// all that a check in any order could meet first.
    pub fn broken(&self, raw: &[u8]) -> BTreeSet<Why> {
        let mut broken = BTreeSet::new();
        if raw.len() > 1_000_000 {
            broken.insert("size");
        }
        let Some((header, body)) = raw.split_at_checked(80) else {
            broken.insert("encoding");
            return broken;
        };
        let parent = &self.blocks[self.blocks.len() - 1];
        if header[4..36] != hash(&parent[..80]) {
            broken.insert("previous");
        }
        if number(&header[72..76]) != u64::from(BITS) {
            broken.insert("bits");
        }
        let mut limit = [0; 32];
        limit[..3].copy_from_slice(&[0x7f, 0xff, 0xff]);
        let mut hash_as_number = hash(header);
        hash_as_number.reverse();
        if hash_as_number > limit {
            broken.insert("work");
        }
        let time = number(&header[68..72]);
        if time < number(&parent[68..72]) || time > self.now + 60 {
            broken.insert("time");
        }
        match transactions(body) {
            Ok(transactions) => broken.extend(self.broken_by_body(&header[36..68], &transactions)),
            Err(why) => drop(broken.insert(why)),
        }
        broken
    }

    fn broken_by_body(&self, root: &[u8], transactions: &[(Vec<u8>, Transaction)]) -> Vec<Why> {
        let mut broken = Vec::new();
        let (merkle_root, mutated) = merkle(transactions.iter().map(|(raw, _)| hash(raw)).collect());
        if merkle_root != root {
            broken.push("merkle");
        }
        if mutated {
            broken.push("mutated");
        }
        let mut fees = 0;
        for (place, (_, transaction)) in transactions.iter().enumerate() {
            match transaction {
                Coinbase { height, receiver, commitment, .. } => {
                    let is_right = place == 0 && *height as usize == self.blocks.len() && *commitment == [0; 32];
                    if !is_right {
                        broken.push("coinbase");
                    }
                    if XOnlyPublicKey::from_slice(receiver).is_err() {
                        broken.push("key");
                    }
                }
                Transfer { sender, receiver, amount, fee, unsigned, signature, .. } => {
                    if place == 0 {
                        broken.push("coinbase");
                    }
                    if XOnlyPublicKey::from_slice(receiver).is_err() {
                        broken.push("key");
                    }
                    match XOnlyPublicKey::from_slice(sender) {
                        Ok(sender) if !self.has_signed(&sender, unsigned, signature) => broken.push("signature"),
                        Ok(_) => {}
                        Err(_) => broken.push("key"),
                    }
                    if *amount == 0 || u128::from(*amount) + u128::from(*fee) > u128::from(MAX_MONEY) {
                        broken.push("amount");
                    }
                    fees += u128::from(*fee);
                }
            }
        }
        if let Coinbase { amount, .. } = transactions[0].1
            && u128::from(amount) != self.subsidy() + fees
        {
            broken.push("reward");
        }
        let all = transactions.iter().map(|(_, transaction)| transaction);
        broken.extend(transfer_all(&mut self.accounts(), all));
        broken
    }

    /// What the next block pays its miner beside the fees, as the note of the genesis block says.
    fn subsidy(&self) -> u128 {
        let genesis = transactions(&self.blocks[0][80..]).unwrap();
        let Coinbase { note, .. } = &genesis[0].1 else { panic!("a coinbase comes first") };
        let note = String::from_utf8(note.clone()).unwrap();
        let parts: Vec<_> = note.split('/').collect();
        let (subsidy, halving): (u128, usize) = (parts[1].parse().unwrap(), parts[2].parse().unwrap());
        let mut units = subsidy * 100_000_000;
        for _ in 0..(self.blocks.len() - 1) / halving {
            units /= 2;
        }
        units
    }

    fn has_signed(&self, sender: &XOnlyPublicKey, unsigned: &[u8], signature: &[u8]) -> bool {
        let tag = Sha256::digest("BCoin/transfer");
        let genesis = hash(&self.blocks[0][..80]);
        let message: [u8; 32] = Sha256::digest([&tag[..], &tag[..], &genesis, unsigned].concat()).into();
        let signature = Signature::from_slice(signature).unwrap();
        self.curve.verify_schnorr(&signature, &Message::from_digest(message), sender).is_ok()
    }
}

/// Makes the transfers up to the first one that cannot be made, and returns what is wrong with that one.
fn transfer_all<'a>(accounts: &mut Accounts, transactions: impl Iterator<Item = &'a Transaction>) -> Vec<Why> {
    for transaction in transactions {
        let Transfer { sender, receiver, amount, fee, nonce, .. } = transaction else { continue };
        let cost = u128::from(*amount) + u128::from(*fee);
        let account = accounts.entry(sender.clone()).or_default();
        let mut broken = Vec::new();
        if *nonce != account.1 {
            broken.push("nonce");
        }
        if cost > u128::from(account.0) {
            broken.push("funds");
        }
        if !broken.is_empty() {
            return broken;
        }
        account.0 -= amount + fee;
        account.1 += 1;
        accounts.entry(receiver.clone()).or_default().0 += amount;
    }
    Vec::new()
}

/// The body of a block: each transaction with its bytes.
fn transactions(mut body: &[u8]) -> Result<Vec<(Vec<u8>, Transaction)>, Why> {
    let (count, least) = match number(take(&mut body, 1)?) {
        0xfd => (number(take(&mut body, 2)?), 0xfd),
        0xfe => (number(take(&mut body, 4)?), 0x1_0000),
        0xff => (number(take(&mut body, 8)?), 0x1_0000_0000),
        small => (small, 1),
    };
    if count < least || count > body.len() as u64 / 86 {
        return Err("encoding");
    }
    let mut transactions = Vec::new();
    for _ in 0..count {
        let before = body;
        let transaction = transaction(&mut body)?;
        transactions.push((before[..before.len() - body.len()].to_vec(), transaction));
    }
    if body.is_empty() { Ok(transactions) } else { Err("encoding") }
}

fn transaction(rest: &mut &[u8]) -> Result<Transaction, Why> {
    let before = *rest;
    match take(rest, 1)?[0] {
        0 => {
            let height = number(take(rest, 4)?) as u32;
            let receiver = take(rest, 32)?.to_vec();
            let amount = number(take(rest, 8)?);
            let commitment = take(rest, 32)?.to_vec();
            take(rest, 8)?;
            Ok(Coinbase { height, receiver, amount, commitment, note: note(rest)? })
        }
        1 => {
            let (sender, receiver) = (take(rest, 32)?.to_vec(), take(rest, 32)?.to_vec());
            let (amount, fee, nonce) = (number(take(rest, 8)?), number(take(rest, 8)?), number(take(rest, 8)?));
            note(rest)?;
            let unsigned = before[..before.len() - rest.len()].to_vec();
            let signature = take(rest, 64)?.to_vec();
            Ok(Transfer { sender, receiver, amount, fee, nonce, unsigned, signature })
        }
        _ => Err("kind"),
    }
}

fn note(rest: &mut &[u8]) -> Result<Vec<u8>, Why> {
    match take(rest, 1)?[0] {
        length @ 0..=80 => Ok(take(rest, length.into())?.to_vec()),
        _ => Err("note"),
    }
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Result<&'a [u8], Why> {
    if rest.len() < count {
        return Err("encoding");
    }
    let (taken, left) = rest.split_at(count);
    *rest = left;
    Ok(taken)
}

/// A little-endian number.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The SHA-256 of the SHA-256.
pub fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(Sha256::digest(bytes)).into()
}

/// The Merkle root, and whether a pair of equal hashes stands on some level.
fn merkle(level: Vec<[u8; 32]>) -> ([u8; 32], bool) {
    if level.len() == 1 {
        return (level[0], false);
    }
    let mut mutated = false;
    let mut above = Vec::new();
    for pair in level.chunks(2) {
        mutated |= pair.len() == 2 && pair[0] == pair[1];
        above.push(hash(&[pair[0], *pair.last().unwrap()].concat()));
    }
    let (root, above_mutated) = merkle(above);
    (root, mutated || above_mutated)
}
