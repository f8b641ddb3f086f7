//! A small set of rules that is unlike the printed one in every way the seam allows for: a block's work is not its height, the
//! hash covers the header alone and headers are judged before bodies are even read, an account can refuse a transaction, the
//! template is fixed before the search, and two blocks have a say in judging the next.

use std::{num::NonZeroU64, sync::Arc};

use bcoin_ledger::{
    self as ledger, Accounts, BlockHash, Found, MempoolLimits, Power, ReadAccounts, Rules, Size, StateError, Tip, Work,
};
use bcoin_node::now;
use chrono::{DateTime, Local};
use thiserror::Error;

use crate::{
    gate::Gate,
    mempool::{Admission, Mempool, Reorganisation, spent},
};

/// What the receiver of a block gets.
pub const REWARD: u64 = 10;
/// The most leading zero bits that a header may promise.
pub const MAX_BITS: u8 = 12;
/// The bytes of a header: parent 32, root 32, receiver 1, bits 1, nonce 4.
const HEADER: usize = 70;
/// The bytes of a transaction: sender 1, receiver 1, number 2, amount 4.
const TRANSACTION: usize = 8;
/// The most transactions in a block.
pub const MAX_TRANSACTIONS: usize = 100;

/// The rules. Clones share the gate.
#[derive(Clone, Debug, Default)]
pub struct Second {
    /// Holds searches while it is closed.
    pub gate: Arc<Gate>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Transaction {
    pub from: u8,
    pub to: u8,
    /// Tells transactions apart.
    pub number: u16,
    pub amount: u32,
}

impl ledger::Transaction for Transaction {
    type Error = Refusal;

    fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![self.from, self.to];
        bytes.extend(self.number.to_be_bytes());
        bytes.extend(self.amount.to_be_bytes());
        bytes
    }

    fn decode(bytes: &[u8]) -> Result<Self, Refusal> {
        let &[from, to, n0, n1, a0, a1, a2, a3] = bytes else { return Err(Refusal::Encoding) };
        Ok(Self { from, to, number: u16::from_be_bytes([n0, n1]), amount: u32::from_be_bytes([a0, a1, a2, a3]) })
    }
}

impl Size for Transaction {
    fn size(&self) -> usize {
        TRANSACTION
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    pub parent: [u8; 32],
    pub root: [u8; 32],
    pub receiver: u8,
    pub bits: u8,
    pub nonce: u32,
}

impl Header {
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = [self.parent, self.root].concat();
        bytes.extend([self.receiver, self.bits]);
        bytes.extend(self.nonce.to_be_bytes());
        bytes
    }

    pub fn hash(&self) -> BlockHash {
        BlockHash::sha256(self.encode())
    }

    fn meets_its_bits(&self) -> bool {
        let hash = self.hash();
        let first = u32::from_be_bytes(hash.as_bytes()[..4].try_into().unwrap());
        first.leading_zeros() >= u32::from(self.bits)
    }

    /// The same header with the first nonce that meets its bits.
    pub fn solved(mut self) -> Self {
        while !self.meets_its_bits() {
            self.nonce += 1;
        }
        self
    }
}

/// A block whose body nobody has read yet.
#[derive(Clone, Debug)]
pub struct Block {
    pub header: Header,
    pub body: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
pub struct CheckedHeader {
    header: Header,
    tip: Tip,
}

#[derive(Clone, Debug)]
pub struct CheckedBlock {
    pub header: Header,
    pub transactions: Vec<Transaction>,
    tip: Tip,
    encoding: Vec<u8>,
}

impl ledger::CheckedBlock for CheckedBlock {
    fn tip(&self) -> Tip {
        self.tip
    }

    fn parent(&self) -> BlockHash {
        self.header.parent.into()
    }

    fn encoding(&self) -> &[u8] {
        &self.encoding
    }
}

/// The end of the chain, and the bits of its last two blocks.
#[derive(Clone, Copy, Debug)]
pub struct Ancestors {
    tip: Tip,
    bits: [u8; 2],
}

impl AsRef<Tip> for Ancestors {
    fn as_ref(&self) -> &Tip {
        &self.tip
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Balance(pub u64);

impl ledger::Account for Balance {
    fn encode(&self) -> Vec<u8> {
        self.0.to_be_bytes().to_vec()
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        Some(Self(u64::from_be_bytes(bytes.try_into().ok()?)))
    }
}

#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Refusal {
    #[error("the encoding is not exact")]
    Encoding,
    #[error("the parent is another block")]
    Parent,
    #[error("the bits are out of bounds")]
    Bits,
    #[error("the work was not done")]
    Work,
    #[error("the body has another root")]
    Root,
    #[error("an amount is 0")]
    Amount,
    #[error("the sender has not so much")]
    Funds,
}

/// A fixed template: everything but the nonce.
pub struct Job {
    parent: Tip,
    header: Header,
    body: Vec<u8>,
}

impl AsRef<Tip> for Job {
    fn as_ref(&self) -> &Tip {
        &self.parent
    }
}

#[derive(Clone, Debug)]
pub struct Summary;

impl Size for Summary {
    fn size(&self) -> usize {
        HEADER
    }
}

/// Who is paid, and how many zero bits to work for.
#[derive(Clone, Copy, Debug)]
pub struct Receiver {
    pub account: u8,
    pub bits: u8,
}

/// A body of these transactions.
pub fn body(transactions: &[Transaction]) -> Vec<u8> {
    transactions.iter().flat_map(ledger::Transaction::encode).collect()
}

impl Rules for Second {
    const NAME: &'static str = "second";
    const WINDOW: u64 = 2;
    const DELAY: Option<NonZeroU64> = None;
    const TEMPLATE_FIXES_TRANSACTIONS: bool = true;
    const GROWS_BRANCHES: bool = false;
    const MAX_BLOCK_BYTES: usize = HEADER + MAX_TRANSACTIONS * TRANSACTION;

    type Transaction = Transaction;
    type Block = Block;
    type Header = Header;
    type CheckedHeader = CheckedHeader;
    type CheckedBlock = CheckedBlock;
    type Ancestors = Ancestors;
    type Summary = Summary;
    type Delayed = ();
    type Account = Balance;
    type Mempool = Mempool;
    type Admission = Admission;
    type Reorganisation = Reorganisation;
    type Receiver = Receiver;
    type Job = Job;
    type Solution = u32;
    type BlockError = Refusal;
    type AdmitError = Refusal;

    fn genesis(&self, _: DateTime<Local>) -> CheckedBlock {
        let root = *BlockHash::sha256([]).as_bytes();
        let header = Header { parent: [0; 32], root, receiver: 0, bits: 1, nonce: 0 }.solved();
        self.check(None, Block { header, body: Vec::new() }, now()).unwrap()
    }

    fn decode(&self, bytes: &[u8]) -> Result<Block, Refusal> {
        let (header, body) = bytes.split_first_chunk::<HEADER>().ok_or(Refusal::Encoding)?;
        let header = Header {
            parent: header[..32].try_into().unwrap(),
            root: header[32..64].try_into().unwrap(),
            receiver: header[64],
            bits: header[65],
            nonce: u32::from_be_bytes(header[66..].try_into().unwrap()),
        };
        Ok(Block { header, body: body.to_vec() })
    }

    fn header(&self, block: &Block) -> Header {
        block.header
    }

    fn encoded_len(&self, block: &Block) -> usize {
        HEADER + block.body.len()
    }

    fn check_header(
        &self,
        ancestors: Option<&Ancestors>,
        header: &Header,
        _: DateTime<Local>,
    ) -> Result<CheckedHeader, Refusal> {
        let (parent, height, work, most) = match ancestors {
            None => ([0; 32], 0, Work::default(), 1),
            // At most four bits more than the larger of the last two.
            Some(Ancestors { tip, bits }) => {
                (*tip.hash.as_bytes(), tip.height, tip.work, MAX_BITS.min(bits[0].max(bits[1]) + 4))
            }
        };
        if header.parent != parent {
            return Err(Refusal::Parent);
        }
        if !(1..=most).contains(&header.bits) {
            return Err(Refusal::Bits);
        }
        if !header.meets_its_bits() {
            return Err(Refusal::Work);
        }
        let work = work.saturating_add((1_u64 << header.bits).into());
        Ok(CheckedHeader { header: *header, tip: Tip { height: height + 1, hash: header.hash(), work } })
    }

    fn check_block(&self, checked: CheckedHeader, block: Block) -> Result<CheckedBlock, Refusal> {
        let CheckedHeader { header, tip } = checked;
        if block.header != header || BlockHash::sha256(&block.body).as_bytes() != &header.root {
            return Err(Refusal::Root);
        }
        let encoding = [header.encode(), block.body].concat();
        let block = self.restore(tip, encoding)?;
        if block.transactions.iter().any(|transaction| transaction.amount == 0) {
            return Err(Refusal::Amount);
        }
        Ok(block)
    }

    fn extend(&self, ancestors: Option<&Ancestors>, block: &CheckedBlock) -> Ancestors {
        let before = ancestors.map_or(1, |ancestors| ancestors.bits[1]);
        Ancestors { tip: block.tip, bits: [before, block.header.bits] }
    }

    fn restore(&self, tip: Tip, encoding: Vec<u8>) -> Result<CheckedBlock, Refusal> {
        let Block { header, body } = self.decode(&encoding)?;
        let transactions = body.chunks(TRANSACTION).map(ledger::Transaction::decode).collect::<Result<_, _>>()?;
        Ok(CheckedBlock { header, transactions, tip, encoding })
    }

    fn recheck(&self, ancestors: Option<&Ancestors>, bytes: &[u8]) -> Result<Ancestors, Refusal> {
        let block = self.check(ancestors, self.decode(bytes)?, now())?;
        Ok(self.extend(ancestors, &block))
    }

    fn summary(&self, _: &CheckedBlock) -> Summary {
        Summary
    }

    fn delayed(&self, _: &[u8]) -> Result<(), Refusal> {
        Ok(())
    }

    fn connect<A: Accounts<Balance>>(
        &self,
        accounts: &mut A,
        block: &CheckedBlock,
        _: Option<&()>,
    ) -> Result<(), StateError<Refusal, A::Error>> {
        for (position, transaction) in (1..).zip(&block.transactions) {
            let amount = u64::from(transaction.amount);
            let debit = |balance: &mut Balance| match balance.0.checked_sub(amount) {
                Some(left) => {
                    balance.0 = left;
                    true
                }
                None => false,
            };
            if !accounts.update(&[transaction.from], Some(position), debit).map_err(StateError::Accounts)? {
                return Err(StateError::Refused(Refusal::Funds));
            }
            let credit = |balance: &mut Balance| balance.0 += amount;
            accounts.update(&[transaction.to], Some(position), credit).map_err(StateError::Accounts)?;
        }
        let reward = |balance: &mut Balance| balance.0 += REWARD;
        accounts.update(&[block.header.receiver], Some(u32::MAX), reward).map_err(StateError::Accounts)
    }

    fn disconnect<A: Accounts<Balance>>(
        &self,
        accounts: &mut A,
        block: &CheckedBlock,
        _: Option<&()>,
    ) -> Result<(), A::Error> {
        accounts.update(&[block.header.receiver], Some(u32::MAX), |balance| balance.0 -= REWARD)?;
        for (position, transaction) in (1..).zip(&block.transactions).collect::<Vec<_>>().into_iter().rev() {
            let amount = u64::from(transaction.amount);
            accounts.update(&[transaction.to], Some(position), |balance| balance.0 -= amount)?;
            accounts.update(&[transaction.from], Some(position), |balance| balance.0 += amount)?;
        }
        Ok(())
    }

    fn is_mined_for(&self, block: &CheckedBlock, receiver: &Receiver) -> bool {
        block.header.receiver == receiver.account
    }

    fn may_wait(&self, transaction: &Transaction) -> bool {
        transaction.amount > 0
    }

    fn admission(&self, _: &Mempool, _: MempoolLimits) -> Admission {
        Admission::default()
    }

    fn admit<A: ReadAccounts<Balance>>(
        &self,
        accounts: &A,
        mempool: &Mempool,
        admission: &mut Admission,
        transaction: Transaction,
    ) -> Result<(), StateError<Refusal, A::Error>> {
        if !self.may_wait(&transaction) {
            return Err(StateError::Refused(Refusal::Amount));
        }
        let Balance(balance) = accounts.read(&[transaction.from]).map_err(StateError::Accounts)?;
        let waiting = spent(&mempool.0, transaction.from) + spent(&admission.0, transaction.from);
        if waiting + u64::from(transaction.amount) > balance {
            return Err(StateError::Refused(Refusal::Funds));
        }
        admission.0.push(transaction);
        Ok(())
    }

    fn enter(&self, mempool: &mut Mempool, admission: Admission) {
        mempool.0.extend(admission.0);
    }

    fn reorganisation(&self, _: MempoolLimits) -> Reorganisation {
        Reorganisation::default()
    }

    fn job(&self, ancestors: &Ancestors, mempool: &Mempool, receiver: &Receiver, _: DateTime<Local>) -> Job {
        let body = body(&mempool.0[..mempool.0.len().min(MAX_TRANSACTIONS)]);
        let header = Header {
            parent: *ancestors.tip.hash.as_bytes(),
            root: *BlockHash::sha256(&body).as_bytes(),
            receiver: receiver.account,
            bits: receiver.bits,
            nonce: 0,
        };
        Job { parent: ancestors.tip, header, body }
    }

    fn search(&self, job: &Job, _: Power, cancelled: impl Fn() -> bool) -> Option<Found<u32>> {
        self.gate.pass();
        let mut header = job.header;
        while !header.meets_its_bits() {
            if cancelled() {
                return None;
            }
            header.nonce += 1;
        }
        Some(Found { solution: header.nonce, trials: u64::from(header.nonce) + 1 })
    }

    fn seal(&self, job: Job, nonce: u32, _: &Mempool, _: DateTime<Local>) -> Block {
        Block { header: Header { nonce, ..job.header }, body: job.body }
    }
}
