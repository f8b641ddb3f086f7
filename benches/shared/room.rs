//! A network of the sound rules in memory: keys with money, transfers between them, and the block that holds them.

use std::{collections::HashMap, convert::Infallible};

use bcoin_ledger::{
    Accounts, Power, ReadAccounts, Rules as _, Transaction as _,
    sound::{
        Account, Amount, Block, COIN, CheckedTransfer, HeaderChain, Network, Note, Profile, PublicKey, Receiver,
        SecretKey, Signature, Sound, Transfer, mempool::Mempool,
    },
};
use bcoin_node::now;

/// The name of the network.
pub const ROOM: &str = "bench";
/// How many transfers a block holds that has nearly as many bytes as it may.
pub const FULL_BLOCK: usize = 6000;

/// A network that has its genesis block and nothing else.
pub struct Room {
    pub rules: Sound,
    pub ancestors: HeaderChain,
    senders: Vec<SecretKey>,
    receivers: Vec<PublicKey>,
}

impl Room {
    /// A network with so many keys that send, and as many other ones that receive.
    pub fn new(keys: usize) -> Self {
        let network = Network::room(Profile::Instant, ROOM, || false).expect("a network");
        let rules = Sound::new(network);
        let ancestors = rules.extend(None, &rules.genesis(now()));
        let secret = |number: usize| {
            let mut bytes = [1; 32];
            bytes[24..].copy_from_slice(&(number as u64).to_be_bytes());
            SecretKey::from_bytes(bytes).expect("a key")
        };
        let senders = (0..keys).map(secret).collect();
        let receivers = (keys..2 * keys).map(|number| secret(number).public_key()).collect();
        Self { rules, ancestors, senders, receivers }
    }

    /// Signed transfers, one sender after the other, from the first one on again when all have sent.
    pub fn transfers(&self, count: usize) -> Vec<Transfer> {
        (0..count).map(|number| self.transfer(number)).collect()
    }

    fn transfer(&self, number: usize) -> Transfer {
        let at = number % self.senders.len();
        let (nonce, fee) = ((number / self.senders.len()) as u64, 200 + number as u64 % 100);
        self.signed(&self.senders[at], self.receivers[at], 1000, fee, nonce)
    }

    /// Transfers by which somebody who has sent nothing before gives each sender a coin.
    pub fn funding(&self, bank: &SecretKey) -> Vec<Transfer> {
        let transfer = |(nonce, sender): (u64, &SecretKey)| self.signed(bank, sender.public_key(), COIN, 200, nonce);
        (0..).zip(&self.senders).map(transfer).collect()
    }

    fn signed(&self, sender: &SecretKey, receiver: PublicKey, amount: u64, fee: u64, nonce: u64) -> Transfer {
        let mut transfer = Transfer {
            sender: sender.public_key().into(),
            receiver: receiver.into(),
            amount,
            fee,
            nonce,
            note: Note::default(),
            signature: Signature::from_bytes([0; 64]),
        };
        transfer.signature = sender.sign(&transfer.sighash(self.rules.network().sighash_engine()), &[0; 32]);
        transfer
    }

    /// The next block, mined, with the transfers that wait.
    pub fn block(&self, mempool: &Mempool) -> Block {
        let job = self.rules.job(&self.ancestors, mempool, &self.receiver(), now());
        let found = self.rules.search(&job, Power::FULL, || false).expect("a solution");
        self.rules.seal(job, found.solution, mempool, now())
    }

    /// Whom blocks pay.
    pub fn receiver(&self) -> Receiver {
        Receiver { key: self.senders[0].public_key(), note: Note::default(), extranonce: 0 }
    }

    /// What the chain would say if each sender had been given a coin.
    pub fn accounts(&self) -> Balances {
        let balance = Amount::from_units(COIN).expect("an amount");
        let rich = |sender: &SecretKey| (sender.public_key().to_bytes().to_vec(), Account { balance, nonce: 0 });
        Balances(self.senders.iter().map(rich).collect())
    }
}

/// Transfers as they are read from the disk, where they are known to be right.
pub fn trusted(transfers: &[Transfer]) -> Vec<CheckedTransfer> {
    transfers.iter().map(|transfer| CheckedTransfer::decode(&transfer.encode()).expect("a transfer")).collect()
}

/// Accounts in memory.
#[derive(Clone)]
pub struct Balances(HashMap<Vec<u8>, Account>);

impl Accounts<Account> for Balances {
    type Error = Infallible;

    fn update<T>(
        &mut self,
        name: &[u8],
        _: Option<u32>,
        change: impl FnOnce(&mut Account) -> T,
    ) -> Result<T, Infallible> {
        match self.0.get_mut(name) {
            Some(account) => Ok(change(account)),
            None => Ok(change(self.0.entry(name.to_vec()).or_default())),
        }
    }
}

impl ReadAccounts<Account> for Balances {
    type Error = Infallible;

    fn read(&self, name: &[u8]) -> Result<Account, Infallible> {
        Ok(self.0.get(name).copied().unwrap_or_default())
    }
}
