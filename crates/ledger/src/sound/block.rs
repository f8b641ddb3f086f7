//! Blocks as they are encoded: a header, a count, and the transactions.

use thiserror::Error;

use super::{
    encoding::{EncodingError, Reader, count_bytes, write_count},
    hash::Txid,
    header::{HEADER_BYTES, Header},
    transaction::{Coinbase, MIN_TRANSACTION_BYTES, Transaction},
};

/// How many bytes a block has at most, its header included.
pub const MAX_BLOCK_BYTES: usize = 1_000_000;

/// A block as it was read. No rule has looked at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The header.
    pub header: Header,
    /// The transactions; the first one should be the coinbase.
    pub transactions: Vec<Transaction>,
}

/// Why bytes are no block.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum DecodeError {
    /// There are too many bytes.
    #[error("a block has at most {MAX_BLOCK_BYTES} bytes, not {bytes}")]
    Size {
        /// How many there are.
        bytes: usize,
    },
    /// The bytes are not the encoding of a block.
    #[error(transparent)]
    Encoding(#[from] EncodingError),
}

impl DecodeError {
    /// The name of the rule in answers to programs.
    pub fn why(&self) -> &'static str {
        match self {
            Self::Size { .. } => "size",
            Self::Encoding(error) => error.why(),
        }
    }
}

impl Block {
    /// Reads a block that the bytes hold from the first to the last.
    ///
    /// # Errors
    /// When the bytes are too many, or no block.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > MAX_BLOCK_BYTES {
            return Err(DecodeError::Size { bytes: bytes.len() });
        }
        let (header, mut reader, count) = beginning(bytes)?;
        let transactions = (0..count).map(|_| Transaction::read(&mut reader)).collect::<Result<_, _>>()?;
        reader.end()?;
        Ok(Self { header, transactions })
    }

    /// The bytes that are kept and sent.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.encoded_len());
        bytes.extend_from_slice(&self.header.encode());
        write_count(&mut bytes, self.transactions.len());
        for transaction in &self.transactions {
            transaction.write(&mut bytes);
        }
        bytes
    }

    /// How many bytes the encoding has.
    pub fn encoded_len(&self) -> usize {
        let transactions: usize = self.transactions.iter().map(Transaction::encoded_len).sum();
        empty_block_bytes(self.transactions.len()) + transactions
    }

    /// The names of the transactions, in their order.
    pub fn ids(&self) -> Vec<Txid> {
        self.transactions.iter().map(Transaction::id).collect()
    }
}

/// How many bytes a block with so many transactions has beside them.
pub(super) const fn empty_block_bytes(transactions: usize) -> usize {
    HEADER_BYTES + count_bytes(transactions)
}

/// The coinbase of a block that this node has judged and written down, read without the transactions after it.
///
/// # Errors
/// When the bytes are not the beginning of such a block.
pub(super) fn coinbase_of(bytes: &[u8]) -> Result<Coinbase, EncodingError> {
    let (_, mut reader, _) = beginning(bytes)?;
    match Transaction::read(&mut reader)? {
        Transaction::Coinbase(coinbase) => Ok(coinbase),
        _ => Err(EncodingError::Kind { kind: 1 }),
    }
}

/// The header, the transactions, and how many there are.
fn beginning(bytes: &[u8]) -> Result<(Header, Reader<'_>, usize), EncodingError> {
    let mut reader = Reader::new(bytes);
    let header = Header::decode(&reader.array()?);
    let count = reader.count(MIN_TRANSACTION_BYTES)?;
    Ok((header, reader, count))
}
