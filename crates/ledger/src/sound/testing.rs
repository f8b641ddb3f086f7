//! What unit tests of transactions and blocks begin with.

use super::{
    CheckedHeader, Coinbase, CompactTarget, Header, Height, Merkle, Network, Note, Profile, SecretKey, Signature,
    Transaction, Transfer, XOnlyKey, block::Block,
};
use crate::{
    hash::BlockHash,
    tip::{Tip, Work},
};

/// A network whose rewards are 50,000 coins.
pub(super) fn network() -> Network {
    Network::room(Profile::Instant, "tests", || false).unwrap()
}

/// One of a few secret keys.
pub(super) fn secret(number: u8) -> SecretKey {
    SecretKey::from_bytes([number; 32]).unwrap()
}

/// The public key of one of them.
pub(super) fn key(number: u8) -> XOnlyKey {
    secret(number).public_key().into()
}

/// A transfer from key 1 to key 2.
pub(super) fn unsigned() -> Transfer {
    let signature = Signature::from_bytes([0; 64]);
    Transfer { sender: key(1), receiver: key(2), amount: 5, fee: 3, nonce: 0, note: Note::default(), signature }
}

/// Signed by key 1.
pub(super) fn signed(network: &Network, transfer: Transfer) -> Transfer {
    let signature = secret(1).sign(&transfer.sighash(network.sighash_engine()), &[7; 32]);
    Transfer { signature, ..transfer }
}

/// A reward for key 3.
pub(super) fn coinbase(height: u32, amount: u64) -> Coinbase {
    let note = Note::default();
    let (height, receiver) = (Height::new(height), key(3));
    Coinbase { height, receiver, amount, commitment: [0; 32], extranonce: [0; 8], note }
}

/// A block with the Merkle root of these transactions, and its header as if it had passed the rules for headers at this height.
pub(super) fn block_at(height: u32, transactions: Vec<Transaction>) -> (CheckedHeader, Block) {
    let header = Header {
        version: Header::VERSION,
        previous: BlockHash::sha256("the block before"),
        merkle_root: Merkle::of(transactions.iter().map(Transaction::id)).unwrap().root,
        time: 1_795_305_600,
        bits: CompactTarget::from_consensus(0x207f_ffff),
        nonce: 0,
    };
    (header_at(height, header), Block { header, transactions })
}

/// A header as if it had passed the rules at this height.
pub(super) fn header_at(height: u32, header: Header) -> CheckedHeader {
    let tip = Tip { height: Height::new(height).index(), hash: header.hash(), work: Work::from(2) };
    CheckedHeader::restore(tip, header).unwrap()
}
