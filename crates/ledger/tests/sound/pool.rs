//! Transfers and blocks for tests of the mempool and of templates. Keys have numbers.

use std::{ops::Range, sync::LazyLock};

use bcoin_ledger::{
    Admission as _, Mempool as _, MempoolLimits, Rules as _, StateError, Transaction as _,
    sound::{
        Account, Block, CheckedBlock, CheckedTransfer, Network, Note, Profile, PublicKey, Receiver, SecretKey,
        Signature, Sound, Template, Transfer, XOnlyKey, mempool::Mempool,
    },
};

use crate::{
    chain::{Chain, State, late, units},
    random,
};

/// How many keys there are.
pub const KEYS: u8 = 40;

static PUBLIC: LazyLock<Vec<PublicKey>> = LazyLock::new(|| (0..KEYS).map(|key| secret(key).public_key()).collect());

pub fn secret(key: u8) -> SecretKey {
    SecretKey::from_bytes([key + 1; 32]).unwrap()
}

pub fn public(key: u8) -> PublicKey {
    PUBLIC[usize::from(key)]
}

pub fn x_only(key: u8) -> XOnlyKey {
    public(key).into()
}

/// What a transfer says.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    pub sender: u8,
    pub amount: u64,
    pub fee: u64,
    pub nonce: u64,
    /// How many bytes the note has.
    pub note: usize,
}

/// The shortest transfer, at one unit for each byte.
pub fn terms(sender: u8, nonce: u64) -> Terms {
    Terms { sender, amount: 1, fee: 154, nonce, note: 0 }
}

impl Terms {
    pub fn len(self) -> u64 {
        154 + self.note as u64
    }

    /// Without a valid signature: mempool and templates do not judge it. `salt` tells equal terms apart.
    pub fn unsigned(self, salt: u8) -> CheckedTransfer {
        CheckedTransfer::decode(&self.with(Signature::from_bytes([salt; 64])).encode()).unwrap()
    }

    pub fn signed(self, rules: &Sound) -> CheckedTransfer {
        let mut transfer = self.with(Signature::from_bytes([0; 64]));
        transfer.signature = secret(self.sender).sign(&transfer.sighash(rules.network().sighash_engine()), &[0; 32]);
        rules.check_transfer(transfer).unwrap()
    }

    fn with(self, signature: Signature) -> Transfer {
        let Self { sender, amount, fee, nonce, note } = self;
        let (receiver, note) = (x_only((sender + 1) % KEYS), Note::new(&vec![b'n'; note]).unwrap());
        Transfer { sender: x_only(sender), receiver, amount, fee, nonce, note, signature }
    }
}

pub fn rules() -> Sound {
    Sound::new(Network::room(Profile::Instant, "mempool", || false).unwrap())
}

/// A chain in which the first keys have `each` mature rewards.
pub fn chain_with_money(keys: u8, each: usize) -> Chain {
    let mut chain = Chain::new(rules());
    for at in 0..usize::from(keys) * each + 10 {
        let block = mine(&chain, [], at as u8 % keys, 0);
        chain.connect(block).unwrap();
    }
    chain
}

/// Transfers of the senders with these numbers, whose keys nobody has; of each so many.
pub fn of_many(senders: Range<u64>, of_each: u64, terms: impl Fn(u64, u64) -> Terms) -> Vec<CheckedTransfer> {
    let one = |number: u64, nonce| {
        let mut transfer = terms(number, nonce).unsigned(0).transfer().clone();
        let mut key = [7; 32];
        // Keys are no order of arrival.
        key[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
        transfer.sender = XOnlyKey::from_bytes(key);
        CheckedTransfer::decode(&transfer.encode()).unwrap()
    };
    senders.flat_map(|number| (0..of_each).map(move |nonce| (number, nonce))).map(|(s, n)| one(s, n)).collect()
}

/// The block of this template, with the first nonce that does.
pub fn solved(template: &Template) -> Block {
    let mut block = template.unsolved();
    random::mine(&mut block.header);
    block
}

/// Somebody who mines.
pub fn receiver(key: u8, extranonce: u64) -> Receiver {
    Receiver { key: public(key), note: Note::default(), extranonce }
}

/// The next block, with these transfers, sealed by a template.
pub fn mine(
    chain: &Chain,
    transfers: impl IntoIterator<Item = CheckedTransfer>,
    key: u8,
    extranonce: u64,
) -> CheckedBlock {
    let waiting: Mempool = transfers.into_iter().collect();
    let ancestors = chain.ancestors.last().unwrap();
    let block = solved(&chain.rules.job(ancestors, &waiting, &receiver(key, extranonce), late()));
    let block = chain.rules.check(Some(ancestors), block, late()).unwrap();
    assert_eq!(block.transfers().len(), waiting.len());
    block
}

/// A mempool, and what a store keeps of it.
#[derive(Clone, Default)]
pub struct Pool {
    pub mempool: Mempool,
    pub stored: Vec<CheckedTransfer>,
}

impl Pool {
    /// Admits transfers in one group: what was refused, by its place, and why.
    pub fn admit(
        &mut self,
        rules: &Sound,
        state: &State,
        limits: MempoolLimits,
        group: &[CheckedTransfer],
    ) -> (Vec<Result<(), &'static str>>, Vec<CheckedTransfer>, Vec<CheckedTransfer>) {
        let mut admission = rules.admission(&self.mempool, limits);
        let admit =
            |transfer: &CheckedTransfer| match rules.admit(state, &self.mempool, &mut admission, transfer.clone()) {
                Ok(()) => Ok(()),
                Err(StateError::Refused(error)) => Err(error.why()),
                Err(StateError::Accounts(never)) => match never {},
            };
        let answers = group.iter().map(admit).collect();
        let (added, removed) = (admission.added().to_vec(), admission.removed().to_vec());
        self.stored.extend(added.iter().cloned());
        for transfer in &removed {
            let place = self.stored.iter().position(|stored| stored == transfer).unwrap();
            self.stored.remove(place);
        }
        rules.enter(&mut self.mempool, admission);
        assert!(self.mempool.transactions().eq(&self.stored), "the store holds what waits, in its order");
        (answers, added, removed)
    }

    /// Admits one.
    pub fn add(
        &mut self,
        rules: &Sound,
        state: &State,
        limits: MempoolLimits,
        transfer: &CheckedTransfer,
    ) -> Result<Vec<CheckedTransfer>, &'static str> {
        let (answers, _, removed) = self.admit(rules, state, limits, std::slice::from_ref(transfer));
        answers[0].map(|()| removed)
    }
}

/// A state in which these keys have so many units, and have sent nothing.
pub fn rich(keys: u8, balance: u64) -> State {
    let account = |key| (x_only(key).to_bytes().to_vec(), Account { balance: units(balance), nonce: 0 });
    State((0..keys).map(account).collect())
}
