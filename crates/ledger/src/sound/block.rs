//! Blocks as they are encoded: a header, a count, and the transactions.

use thiserror::Error;

use super::{
    coinbase::Coinbase,
    encoding::{EncodingError, MIN_TRANSACTION_BYTES, Reader, count_bytes, write_count},
    hash::Txid,
    header::{HEADER_BYTES, Header},
    transaction::Transaction,
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

    /// The ids of the transactions, in their order.
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

/// The header with which the encoding of a block begins. What follows is not read.
///
/// # Errors
/// When the bytes are too few for a header, or too many for a block.
pub(super) fn read_header(bytes: &[u8]) -> Result<Header, DecodeError> {
    if bytes.len() > MAX_BLOCK_BYTES {
        return Err(DecodeError::Size { bytes: bytes.len() });
    }
    Ok(Header::decode(&Reader::new(bytes).array()?))
}

/// The header, the transactions, and how many there are.
fn beginning(bytes: &[u8]) -> Result<(Header, Reader<'_>, usize), EncodingError> {
    let mut reader = Reader::new(bytes);
    let header = Header::decode(&reader.array()?);
    let count = reader.count(MIN_TRANSACTION_BYTES)?;
    Ok((header, reader, count))
}

#[cfg(test)]
mod tests {
    use super::{
        super::testing::{block_at, coinbase, unsigned},
        *,
    };

    fn block(transfers: usize) -> Block {
        let transfers = std::iter::repeat_n(Transaction::Transfer(unsigned()), transfers);
        block_at(1, std::iter::once(Transaction::Coinbase(coinbase(1, 1))).chain(transfers).collect()).1
    }

    #[test]
    fn a_block_is_read_as_it_is_written() {
        for transfers in [0, 1, 251, 252, 253] {
            let block = block(transfers);
            let bytes = block.encode();
            assert_eq!(Block::decode(&bytes).as_ref(), Ok(&block));
            assert_eq!(block.encoded_len(), bytes.len());
            assert_eq!(block.ids().len(), transfers + 1);
            assert_eq!(coinbase_of(&bytes), Ok(coinbase(1, 1)));
        }
    }

    #[test]
    fn every_missing_byte_and_every_one_left_over_is_noticed() {
        let mut bytes = block(2).encode();
        for length in 0..bytes.len() {
            let error = Block::decode(&bytes[..length]).unwrap_err();
            assert_eq!(error.why(), "encoding", "{length}");
        }
        bytes.push(0);
        assert_eq!(Block::decode(&bytes), Err(EncodingError::LeftOver { count: 1 }.into()));
        let without = Block { transactions: Vec::new(), ..block(0) };
        assert_eq!(Block::decode(&without.encode()), Err(EncodingError::Count.into()));
    }

    #[test]
    fn too_many_bytes_are_not_even_read() {
        let error = Block::decode(&vec![0; MAX_BLOCK_BYTES + 1]).unwrap_err();
        assert_eq!(error, DecodeError::Size { bytes: 1_000_001 });
        assert_eq!(
            (error.why(), error.to_string().as_str()),
            ("size", "a block has at most 1000000 bytes, not 1000001")
        );
        assert_eq!(Block::decode(&vec![0; MAX_BLOCK_BYTES]), Err(EncodingError::Count.into()));
        let error = DecodeError::from(EncodingError::TooShort);
        assert_eq!((error.why(), error.to_string()), ("encoding", EncodingError::TooShort.to_string()));
    }

    #[test]
    fn a_coinbase_is_read_where_it_belongs_only() {
        let mut block = block(1);
        let bytes = block.encode();
        assert_eq!(coinbase_of(&bytes[..81 + 2 * 86]), Ok(coinbase(1, 1)), "what follows is not read");
        assert_eq!(coinbase_of(&bytes[..81 + 2 * 86 - 1]), Err(EncodingError::Count));
        block.transactions.swap(0, 1);
        assert_eq!(coinbase_of(&block.encode()), Err(EncodingError::Kind { kind: 1 }));
    }
}
