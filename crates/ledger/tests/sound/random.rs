//! Random valid blocks: transfers between a handful of keys, on chains with branches.

use bcoin_ledger::{
    BlockHash, CheckedBlock as _,
    sound::{
        Account, Amount, Block, Coinbase, CompactTarget, Header, Height, MerkleRoot, Network, Note, SecretKey,
        SighashEngine, Signature, Sound, Target, Transaction, Transfer, XOnlyKey, double_sha256, search::first_nonce,
    },
};
use bcoin_testkit::random::Random;

use crate::chain::{Chain, LATE, State, units};

/// What a block with two hashes of work says.
const BITS: u32 = 0x207f_ffff;
/// The time of the genesis blocks: Unix time in seconds.
const START: u32 = 1_795_305_600;
/// The latest time that a chain lets pass.
pub const LATEST: u32 = LATE + 60;
/// How many keys take part.
const KEYS: u8 = 5;

/// Makes random blocks, and spoils them (see `spoil.rs`).
pub struct Miner {
    pub random: Random,
    pub keys: Vec<SecretKey>,
    rules: Sound,
}

/// Blocks of which each one follows an earlier one; the first one is the genesis block.
pub struct Tree {
    pub nodes: Vec<Node>,
}

/// A block of a tree.
pub struct Node {
    /// The place of the block before.
    pub parent: Option<usize>,
    pub raw: Vec<u8>,
    /// The chain that ends here. It was built straight: nothing was ever taken off.
    pub chain: Chain,
}

impl Miner {
    /// `note` is that of the genesis block, which says the subsidy and when it halves.
    pub fn new(seed: u64, name: &str, note: &str) -> Self {
        let network = Network::from_genesis(&genesis(note).encode(), u32::MAX).unwrap();
        let keys = (1..=KEYS).map(|number| SecretKey::from_bytes([number; 32]).unwrap()).collect();
        Self { random: Random::new(seed, name), keys, rules: Sound::new(network) }
    }

    /// The chain of the genesis block.
    pub fn chain(&self) -> Chain {
        Chain::new(self.rules.clone())
    }

    /// A number from 0 to `limit` - 1.
    pub fn below(&mut self, limit: usize) -> usize {
        self.random.below(limit as u64) as usize
    }

    /// One of these.
    pub fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.random.number() as u8)
    }

    /// One of the public keys.
    pub fn key(&mut self) -> XOnlyKey {
        let at = self.below(self.keys.len());
        self.keys[at].public_key().into()
    }

    /// A note of a length that is often the shortest or the longest.
    fn note(&mut self) -> Note {
        let length = match self.below(4) {
            0 | 1 => 0,
            2 => Note::MAX_BYTES,
            _ => self.below(Note::MAX_BYTES),
        };
        Note::new(&self.bytes::<{ Note::MAX_BYTES }>()[..length]).unwrap()
    }

    /// A block after this chain, with up to `transfers` transfers.
    pub fn block(&mut self, chain: &Chain, transfers: usize) -> Block {
        let mut state = chain.state.clone();
        let wanted = self.below(transfers + 1);
        let transfers: Vec<_> = (0..wanted).map_while(|_| self.transfer(&mut state)).collect();
        self.block_of(chain, transfers)
    }

    /// A block after this chain with these transfers.
    pub fn block_of(&mut self, chain: &Chain, transfers: Vec<Transfer>) -> Block {
        let coinbase = Coinbase {
            height: Height::new(chain.blocks.len() as u32),
            receiver: self.key(),
            amount: 0,
            commitment: [0; 32],
            extranonce: self.bytes(),
            note: self.note(),
        };
        let parent = chain.blocks.last().unwrap().header().header();
        let header = Header {
            version: Header::VERSION,
            previous: chain.tip().hash,
            merkle_root: MerkleRoot::from_hashed([0; 32]),
            // The time of the parent is allowed, and need not be the past.
            time: (parent.time + self.random.below(3) as u32).min(LATEST),
            bits: parent.bits,
            nonce: 0,
        };
        let transfers = transfers.into_iter().map(Transaction::Transfer);
        let transactions = std::iter::once(Transaction::Coinbase(coinbase)).chain(transfers).collect();
        let mut block = Block { header, transactions };
        self.pay_reward(&mut block);
        name_transactions(&mut block);
        mine(&mut block.header);
        block
    }

    /// Makes the coinbase pay subsidy and fees, as far as 64 bits hold them.
    pub fn pay_reward(&self, block: &mut Block) {
        let fees = block.transactions.iter().map(|transaction| match transaction {
            Transaction::Transfer(transfer) => transfer.fee,
            _ => 0,
        });
        let fees = fees.fold(0, u64::wrapping_add);
        if let Some(Transaction::Coinbase(coinbase)) = block.transactions.first_mut() {
            coinbase.amount = self.rules.network().parameters().subsidy(coinbase.height).units().wrapping_add(fees);
        }
    }

    /// A transfer that `state` covers, which is changed by it. `None` when nobody has money.
    pub fn transfer(&mut self, state: &mut State) -> Option<Transfer> {
        let keys = self.keys.iter().map(|key| XOnlyKey::from(key.public_key()));
        let rich: Vec<_> = keys.filter(|key| state.of(*key).balance > Amount::ZERO).collect();
        if rich.is_empty() {
            return None;
        }
        let sender = self.one_of(&rich);
        let Account { balance, nonce } = state.of(sender);
        let balance = balance.units();
        let amount = match self.below(4) {
            0 => balance,
            1 => 1,
            _ => 1 + self.random.below(balance),
        };
        let fee = match self.below(3) {
            0 => 0,
            1 => balance - amount,
            _ => self.random.below(balance - amount + 1),
        };
        let mut transfer = Transfer {
            sender,
            receiver: self.key(),
            amount,
            fee,
            nonce,
            note: self.note(),
            signature: Signature::from_bytes([0; 64]),
        };
        self.sign(&mut transfer);
        let payer = Account { balance: units(balance - amount - fee), nonce: nonce + 1 };
        state.0.insert(sender.to_bytes().to_vec(), payer);
        let receiver = state.0.entry(transfer.receiver.to_bytes().to_vec()).or_default();
        receiver.balance = receiver.balance.checked_add(units(amount)).unwrap();
        Some(transfer)
    }

    /// Signs with the key of the sender, when it is one of ours.
    pub fn sign(&mut self, transfer: &mut Transfer) {
        let signing = self.rules.network().sighash_engine().clone();
        self.sign_for(transfer, &signing);
    }

    /// Signs for any network.
    pub fn sign_for(&mut self, transfer: &mut Transfer, signing: &SighashEngine) {
        let aux = self.bytes();
        let secret = self.keys.iter().find(|key| XOnlyKey::from(key.public_key()) == transfer.sender);
        if let Some(secret) = secret {
            transfer.signature = secret.sign(&transfer.sighash(signing), &aux);
        }
    }

    /// A tree of so many blocks, mostly in long branches, of which exactly one has the most work.
    pub fn tree(&mut self, blocks: usize) -> Tree {
        let chain = self.chain();
        let raw = chain.blocks[0].encoding().to_vec();
        let mut nodes = vec![Node { parent: None, raw, chain }];
        while nodes.len() < blocks {
            let last = nodes.len() - 1;
            let parent = if self.random.one_in(8) { self.below(nodes.len()) } else { last };
            nodes.push(self.child(&nodes, parent));
        }
        let mut tree = Tree { nodes };
        while let [highest, _, ..] = tree.highest()[..] {
            let child = self.child(&tree.nodes, highest);
            tree.nodes.push(child);
        }
        tree
    }

    /// A block after that of the tree at this place.
    pub fn child(&mut self, nodes: &[Node], parent: usize) -> Node {
        let mut chain = nodes[parent].chain.clone();
        let raw = self.block(&chain, 4).encode();
        chain.push(&raw).unwrap();
        Node { parent: Some(parent), raw, chain }
    }
}

impl Tree {
    /// The places of the blocks with the most work.
    pub fn highest(&self) -> Vec<usize> {
        let most = self.nodes.iter().map(|node| node.chain.tip().work).max();
        (0..self.nodes.len()).filter(|at| Some(self.nodes[*at].chain.tip().work) == most).collect()
    }

    /// The places from the genesis block to this one.
    pub fn path(&self, to: usize) -> Vec<usize> {
        let mut path: Vec<_> = std::iter::successors(Some(to), |at| self.nodes[*at].parent).collect();
        path.reverse();
        path
    }
}

/// The genesis block of a network.
pub fn genesis(note: &str) -> Block {
    let coinbase = Coinbase {
        height: Height::GENESIS,
        receiver: XOnlyKey::ZERO,
        amount: 0,
        commitment: [0; 32],
        extranonce: [0; 8],
        note: Note::new(note.as_bytes()).unwrap(),
    };
    let header = Header {
        version: Header::VERSION,
        previous: BlockHash::ZERO,
        merkle_root: MerkleRoot::from_hashed([0; 32]),
        time: START,
        bits: CompactTarget::from_consensus(BITS),
        nonce: 0,
    };
    let mut block = Block { header, transactions: vec![Transaction::Coinbase(coinbase)] };
    name_transactions(&mut block);
    mine(&mut block.header);
    block
}

/// Puts the Merkle root of the transactions into the header.
pub fn name_transactions(block: &mut Block) {
    let mut level: Vec<[u8; 32]> = block.ids().iter().map(|id| id.to_hashed()).collect();
    while level.len() > 1 {
        level = level.chunks(2).map(|pair| double_sha256([pair[0], pair[pair.len() - 1]].concat())).collect();
    }
    block.header.merkle_root = MerkleRoot::from_hashed(level.first().copied().unwrap_or_default());
}

/// Gives the header the first nonce with enough work for [`BITS`], whatever its own bits say.
pub fn mine(header: &mut Header) {
    header.nonce = first_nonce(header, target(), || false).unwrap();
}

/// Searches the next nonce without enough work.
pub fn unmine(header: &mut Header) {
    while target().is_met_by(header.hash()) {
        header.nonce = header.nonce.wrapping_add(1);
    }
}

fn target() -> Target {
    CompactTarget::from_consensus(BITS).decode().unwrap()
}
