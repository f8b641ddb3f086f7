//! Blocks of an `instant` room that cost their maker next to nothing: no state, no search to speak of, no check.

use std::sync::LazyLock;

use bcoin_ledger::{
    BlockHash, CheckedBlock as _,
    sound::{Block, Coinbase, Header, Height, Merkle, Note, Profile, Sound, Transaction, Transfer, XOnlyKey},
};

use crate::sound::key;

/// Who is paid: making a key takes longer than making a block.
static RECEIVER: LazyLock<XOnlyKey> = LazyLock::new(|| key(200).into());

/// The end of a branch, as far as its next block has to know.
#[derive(Clone, Copy, Debug)]
pub struct End {
    /// Height of the last block, from 0.
    pub height: Height,
    /// Its hash.
    pub hash: BlockHash,
    /// Its time.
    pub time: u32,
}

/// A block, and the end of the branch that it makes.
#[derive(Clone, Debug)]
pub struct Cheap {
    /// The end now.
    pub end: End,
    /// The encoding.
    pub encoding: Vec<u8>,
}

impl End {
    /// The genesis block.
    pub fn genesis(rules: &Sound) -> Self {
        let genesis = rules.network().genesis();
        let header = Self::header_of(genesis.encoding());
        Self { height: Height::GENESIS, hash: header.hash(), time: header.time }
    }

    /// A block with this encoding and this height, counted from 0.
    pub fn of(encoding: &[u8], height: u32) -> Self {
        let header = Self::header_of(encoding);
        Self { height: Height::new(height), hash: header.hash(), time: header.time }
    }

    /// The next block with these transfers, which nobody checks. It pays the key 200. Others with the same parent have another
    /// `number`.
    pub fn next(&self, rules: &Sound, number: u64, transfers: &[Transfer]) -> Cheap {
        self.next_at(rules, number, self.time, transfers)
    }

    /// The same with this time, in Unix seconds.
    pub fn next_at(&self, rules: &Sound, number: u64, time: u32, transfers: &[Transfer]) -> Cheap {
        let height = self.height.next().expect("a height");
        let fees: u64 = transfers.iter().map(|transfer| transfer.fee).sum();
        let coinbase = Coinbase {
            height,
            receiver: *RECEIVER,
            amount: rules.network().parameters().subsidy(height).units() + fees,
            commitment: [0; 32],
            extranonce: number.to_le_bytes(),
            note: Note::default(),
        };
        let transfers = transfers.iter().cloned().map(Transaction::Transfer);
        let transactions: Vec<_> = [Transaction::Coinbase(coinbase)].into_iter().chain(transfers).collect();
        let bits = Profile::Instant.limit().to_compact();
        let merkle_root = Merkle::of(transactions.iter().map(Transaction::id)).expect("a transaction").root;
        let mut header = Header { version: 0x2000_0000, previous: self.hash, merkle_root, time, bits, nonce: 0 };
        // Every second hash meets the target.
        while !Profile::Instant.limit().is_met_by(header.hash()) {
            header.nonce += 1;
        }
        let end = Self { height, hash: header.hash(), time };
        Cheap { end, encoding: Block { header, transactions }.encode() }
    }

    fn header_of(encoding: &[u8]) -> Header {
        Header::decode(encoding.first_chunk().expect("a header"))
    }
}
