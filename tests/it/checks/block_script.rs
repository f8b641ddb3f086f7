//! Blocks that bytes describe: signed and mined, with the faults that the bytes ask for.

use std::{collections::HashSet, sync::LazyLock};

use bcoin_ledger::{
    BlockHash,
    sound::{
        Block, Coinbase, CompactTarget, Header, Height, Merkle, MerkleRoot, Network, Note, SecretKey, SighashEngine,
        Signature, Transaction, Transfer, XOnlyKey,
    },
};

use super::{
    chain::late,
    plain_accounts::{HALVING, PlainAccounts, PlainBlock, PlainTransfer, SUBSIDY, reward},
};

pub const GENESIS_TIME: u32 = 1_795_305_600;
/// The bits of every block under the profile `instant`.
const BITS: CompactTarget = CompactTarget::from_consensus(0x207f_ffff);
/// All the money there can be, in units.
const MAX_MONEY: u64 = 2_100_000_000_000_000;

/// What is left of the bytes.
pub struct Script<'a>(pub &'a [u8]);

impl Script<'_> {
    /// The next byte; after the last one, zeros follow.
    pub fn byte(&mut self) -> u8 {
        self.0.split_off_first().copied().unwrap_or_default()
    }
}

/// A block to offer.
pub struct Offer {
    /// The block as it was asked for, well-formed and mined.
    pub honest: Vec<u8>,
    /// The same for the model.
    pub plain: PlainBlock,
    /// Which rules its transactions break by themselves. The accounts may refuse it as well.
    pub broken: Vec<&'static str>,
    /// The same block with one more fault, and which rules this breaks.
    pub changed: Option<(Vec<u8>, Vec<&'static str>)>,
}

/// Makes blocks after a given one.
pub struct Maker<'a> {
    pub parent: BlockHash,
    pub time: u32,
    pub height: usize,
    pub accounts: &'a PlainAccounts,
}

struct Fixture {
    network: Network,
    keys: [SecretKey; 4],
    other_network: SighashEngine,
}

static FIXTURE: LazyLock<Fixture> = LazyLock::new(|| {
    let note = format!("instant/{SUBSIDY}/{HALVING}/fuzzing");
    let coinbase = Coinbase {
        height: Height::GENESIS,
        receiver: XOnlyKey::ZERO,
        amount: 0,
        commitment: [0; 32],
        extranonce: [0; 8],
        note: Note::new(note.as_bytes()).expect("the note is short"),
    };
    let genesis = mined(BlockHash::ZERO, GENESIS_TIME, vec![Transaction::Coinbase(coinbase)]).encode();
    Fixture {
        network: Network::from_genesis(&genesis, GENESIS_TIME).expect("a genesis block"),
        keys: [1, 2, 3, 4].map(|byte| SecretKey::from_bytes([byte; 32]).expect("a key")),
        other_network: SighashEngine::new(BlockHash::ZERO),
    }
});

impl Maker<'_> {
    pub fn network() -> Network {
        FIXTURE.network.clone()
    }

    pub fn key_bytes(key: usize) -> [u8; 32] {
        FIXTURE.keys[key].public_key().to_bytes()
    }

    /// The block that the script asks for: a byte for the miner and the number of payments, one for a fault, and the payments.
    pub fn offer(&self, script: &mut Script<'_>) -> Offer {
        let [head, fault] = [script.byte(), script.byte()];
        let mut plain = PlainBlock { miner: usize::from(head % 4), transfers: Vec::new() };
        let (mut transactions, mut broken) = (Vec::new(), Vec::new());
        // Balances and nonces as they are after the payments so far; wrong payments count as well, so that they may be many.
        let mut accounts = self.accounts.clone();
        for _ in 0..head >> 4 {
            let payment = self.payment(script, &mut accounts, &mut broken);
            transactions.push(Transaction::Transfer(payment.1));
            plain.transfers.push(payment.0);
        }
        let due = reward(self.height, &plain.transfers);
        // Fees beyond all money are wrong anyway.
        let coinbase = Coinbase {
            height: Height::new(self.height as u32),
            receiver: XOnlyKey::from_bytes(Self::key_bytes(plain.miner)),
            amount: u64::try_from(due).unwrap_or_default(),
            commitment: [0; 32],
            extranonce: [fault; 8],
            note: Note::new(&[head; 80][..usize::from(fault % 81)]).expect("a note has at most 80 bytes"),
        };
        transactions.insert(0, Transaction::Coinbase(coinbase));
        let block = mined(self.parent, self.time + u32::from(head >> 2 & 3), transactions);
        let ids: HashSet<_> = block.ids().into_iter().collect();
        if ids.len() < block.transactions.len() {
            // Equal payments may stand where they make a mutated tree. The accounts refuse the second one as well.
            broken.push("mutated");
        }
        let changed = self.changed(&block, fault, script);
        Offer { honest: block.encode(), plain, broken, changed }
    }

    /// One payment: a byte for sender, receiver, nonce and signature, one for the amount, and one for the fee.
    fn payment(
        &self,
        script: &mut Script<'_>,
        accounts: &mut PlainAccounts,
        broken: &mut Vec<&'static str>,
    ) -> (PlainTransfer, Transfer) {
        let [parties, amount, fee] = [script.byte(), script.byte(), script.byte()];
        let (sender, receiver) = (usize::from(parties % 4), usize::from(parties >> 2 & 3));
        let (balance, nonce) = accounts.get(&sender).copied().unwrap_or_default();
        let fee = match fee {
            255 => MAX_MONEY,
            254 => u64::MAX,
            small => u64::from(small),
        };
        let amount = match amount {
            255 => MAX_MONEY,
            254 => u64::MAX,
            253 => 0,
            // To the last unit, and one more.
            252 => balance.saturating_sub(fee),
            251 => balance.saturating_sub(fee).saturating_add(1),
            part => balance / 256 * u64::from(part) + u64::from(part % 3),
        };
        let nonce = match parties >> 4 & 3 {
            1 => nonce.wrapping_add(1),
            2 => nonce.wrapping_sub(1),
            _ => nonce,
        };
        let plain = PlainTransfer { sender, receiver, amount, fee, nonce };
        let is_amount = amount > 0 && u128::from(amount) + u128::from(fee) <= u128::from(MAX_MONEY);
        if !is_amount {
            broken.push("amount");
        }
        let (secret, signing) = match parties >> 6 {
            1 => (&FIXTURE.keys[(sender + 1) % 4], FIXTURE.network.sighash_engine()),
            2 => (&FIXTURE.keys[sender], &FIXTURE.other_network),
            _ => (&FIXTURE.keys[sender], FIXTURE.network.sighash_engine()),
        };
        let mut transfer = Transfer {
            sender: XOnlyKey::from_bytes(Self::key_bytes(sender)),
            receiver: XOnlyKey::from_bytes(Self::key_bytes(receiver)),
            amount,
            fee,
            nonce,
            note: Note::new(&[parties; 3]).expect("a short note"),
            signature: Signature::from_bytes([0; 64]),
        };
        transfer.signature = secret.sign(&transfer.sighash(signing), &[0; 32]);
        if parties >> 6 == 3 {
            // No point on the curve has this coordinate.
            transfer.receiver = XOnlyKey::from_bytes([u8::MAX; 32]);
            broken.push("key");
        }
        if parties >> 6 != 0 {
            broken.push("signature");
        }
        if is_amount {
            let paid = accounts.entry(sender).or_default();
            *paid = (paid.0.saturating_sub(amount + fee), nonce.wrapping_add(1));
            let got = accounts.entry(receiver).or_default();
            got.0 = got.0.saturating_add(amount);
        }
        (plain, transfer)
    }

    /// The block with a fault, and the names of the rules that it breaks by it.
    fn changed(&self, block: &Block, fault: u8, script: &mut Script<'_>) -> Option<(Vec<u8>, Vec<&'static str>)> {
        let with_coinbase = |change: &dyn Fn(&mut Coinbase)| {
            let mut transactions = block.transactions.clone();
            if let Some(Transaction::Coinbase(coinbase)) = transactions.first_mut() {
                change(coinbase);
            }
            mined(self.parent, block.header.time, transactions).encode()
        };
        let with_header = |change: &dyn Fn(&mut Header)| {
            let mut header = block.header;
            change(&mut header);
            Block { header: with_work(header), transactions: block.transactions.clone() }.encode()
        };
        let mut bytes = block.encode();
        let changed = match fault {
            1 => (with_coinbase(&|coinbase| coinbase.amount = coinbase.amount.wrapping_add(1)), "reward"),
            2 => (with_coinbase(&|coinbase| coinbase.amount = coinbase.amount.wrapping_sub(1)), "reward"),
            3 => (with_coinbase(&|coinbase| coinbase.height = Height::new(coinbase.height.to_u32() ^ 1)), "coinbase"),
            4 => (with_coinbase(&|coinbase| coinbase.commitment[31] = 1), "coinbase"),
            5 => (with_coinbase(&|coinbase| coinbase.receiver = XOnlyKey::ZERO), "key"),
            6 => {
                let twice = [&block.transactions[..], &block.transactions[..1]].concat();
                let bytes = mined(self.parent, block.header.time, twice).encode();
                // Two equal ones at the beginning are a mutated tree.
                return Some((bytes, vec!["coinbase", "mutated"]));
            }
            7 => {
                let others = block.transactions.get(1..).filter(|others| !others.is_empty())?;
                (mined(self.parent, block.header.time, others.to_vec()).encode(), "coinbase")
            }
            8 => (with_header(&|header| header.previous = BlockHash::from(header.merkle_root.to_hashed())), "previous"),
            9 => (with_header(&|header| header.time = self.time - 1), "time"),
            10 => (with_header(&|header| header.time = late().timestamp() as u32 + 61), "time"),
            11 => (with_header(&|header| header.bits = CompactTarget::from_consensus(0x2070_0000)), "bits"),
            12 => (with_header(&|header| header.merkle_root = MerkleRoot::from_hashed([7; 32])), "merkle"),
            13 => {
                let mut header = block.header;
                header.nonce = (0..).find(|nonce| !has_work(&Header { nonce: *nonce, ..header })).unwrap_or_default();
                bytes[..80].copy_from_slice(&header.encode());
                (bytes, "work")
            }
            14 => (mutated(block)?, "mutated"),
            15 => {
                bytes.push(script.byte());
                (bytes, "encoding")
            }
            16 => {
                bytes.pop();
                (bytes, "encoding")
            }
            17 => {
                bytes.splice(80..81, [0xfd, block.transactions.len() as u8, 0]);
                (bytes, "encoding")
            }
            18 => {
                bytes.truncate(80);
                bytes.push(0);
                (bytes, "encoding")
            }
            19 => {
                // The kind of the last transaction, or of the only one.
                let last = block.transactions.last()?.encode().len();
                let at = bytes.len() - last;
                bytes[at] = 2;
                (bytes, "kind")
            }
            20 => {
                // The note of the coinbase.
                bytes[81 + 85] = 81;
                return Some((bytes, vec!["note"]));
            }
            21 => {
                bytes.splice(80..81, [0xff; 9]);
                (bytes, "encoding")
            }
            _ => return None,
        };
        Some((changed.0, vec![changed.1]))
    }
}

/// The block with its last transactions doubled, so that its root stays what it is (CVE-2012-2459).
fn mutated(block: &Block) -> Option<Vec<u8>> {
    let count = block.transactions.len();
    let doubled = match count {
        3.. if count % 2 == 1 => 1,
        3.. if count % 4 == 2 => 2,
        _ => return None,
    };
    let mut mutated = block.clone();
    mutated.transactions.extend_from_slice(&block.transactions[count - doubled..]);
    Some(mutated.encode())
}

fn mined(previous: BlockHash, time: u32, transactions: Vec<Transaction>) -> Block {
    let merkle = Merkle::of(transactions.iter().map(Transaction::id)).expect("a block has transactions");
    let header = Header { version: Header::VERSION, previous, merkle_root: merkle.root, time, bits: BITS, nonce: 0 };
    Block { header: with_work(header), transactions }
}

fn with_work(header: Header) -> Header {
    (0..).map(|nonce| Header { nonce, ..header }).find(has_work).expect("every second nonce will do")
}

fn has_work(header: &Header) -> bool {
    BITS.decode().is_ok_and(|target| target.is_met_by(header.hash()))
}
