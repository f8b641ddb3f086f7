//! Transactions of either kind.

use super::{
    checked_transfer::CheckedTransfer,
    coinbase::Coinbase,
    encoding::{COINBASE, EncodingError, Reader, TRANSFER},
    hash::Txid,
    transfer::Transfer,
};

/// A transaction of either kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transaction {
    /// What a miner gets.
    Coinbase(Coinbase),
    /// A payment as it was read.
    Transfer(Transfer),
    /// A payment that was judged before, in the mempool, and need not be judged again in a block.
    Checked(CheckedTransfer),
}

impl Transaction {
    /// Reads a transaction that the bytes hold from the first to the last.
    ///
    /// # Errors
    /// When the bytes are no transaction.
    pub fn decode(bytes: &[u8]) -> Result<Self, EncodingError> {
        let mut reader = Reader::new(bytes);
        let transaction = Self::read(&mut reader)?;
        reader.end().map(|()| transaction)
    }

    /// The bytes that are kept, sent and hashed.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Coinbase(coinbase) => coinbase.encode(),
            Self::Transfer(transfer) => transfer.encode(),
            Self::Checked(checked) => checked.transfer().encode(),
        }
    }

    /// The id of the transaction: the hash of its whole encoding.
    pub fn id(&self) -> Txid {
        match self {
            Self::Coinbase(coinbase) => coinbase.id(),
            Self::Transfer(transfer) => transfer.id(),
            Self::Checked(checked) => checked.id(),
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, EncodingError> {
        match reader.u8()? {
            COINBASE => Coinbase::read(reader).map(Self::Coinbase),
            TRANSFER => Transfer::read(reader).map(Self::Transfer),
            kind => Err(EncodingError::Kind { kind }),
        }
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Coinbase(coinbase) => coinbase.write(bytes),
            Self::Transfer(transfer) => transfer.write(bytes),
            Self::Checked(checked) => checked.transfer().write(bytes),
        }
    }

    pub(super) fn encoded_len(&self) -> usize {
        match self {
            Self::Coinbase(coinbase) => coinbase.encoded_len(),
            Self::Transfer(transfer) => transfer.encoded_len(),
            Self::Checked(checked) => checked.transfer().encoded_len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            hash::{TaggedHash, double_sha256},
            key::{Signature, XOnlyKey},
            note::Note,
            testing::{coinbase, network, signed, unsigned},
            transfer::SighashEngine,
        },
        *,
    };

    /// Shortest and longest, with the smallest and the largest numbers.
    fn extremes() -> [Transaction; 4] {
        let longest = Note::new(&[0xff; Note::MAX_BYTES]).unwrap();
        let (shortest_transfer, shortest_coinbase) = (unsigned(), coinbase(0, 0));
        let transfer = Transfer {
            sender: XOnlyKey::from_bytes([0xff; 32]),
            amount: u64::MAX,
            fee: u64::MAX,
            nonce: u64::MAX,
            note: longest.clone(),
            signature: Signature::from_bytes([0xff; 64]),
            ..shortest_transfer.clone()
        };
        let coinbase = Coinbase {
            receiver: XOnlyKey::ZERO,
            commitment: [0xff; 32],
            extranonce: [0xff; 8],
            note: longest,
            ..coinbase(u32::MAX, u64::MAX)
        };
        [
            Transaction::Coinbase(shortest_coinbase),
            Transaction::Coinbase(coinbase),
            Transaction::Transfer(shortest_transfer),
            Transaction::Transfer(transfer),
        ]
    }

    #[test]
    fn the_shortest_and_the_longest_transactions_are_read_as_they_are_written() {
        let lengths = extremes().map(|transaction| {
            let bytes = transaction.encode();
            assert_eq!(Transaction::decode(&bytes).as_ref(), Ok(&transaction));
            assert_eq!(transaction.encoded_len(), bytes.len());
            assert_eq!(transaction.id().to_hashed(), double_sha256(&bytes));
            bytes.len()
        });
        assert_eq!(lengths, [86, 166, 154, 234]);
    }

    #[test]
    fn every_missing_byte_and_every_one_left_over_is_noticed() {
        for transaction in extremes() {
            let mut bytes = transaction.encode();
            for length in 0..bytes.len() {
                assert_eq!(Transaction::decode(&bytes[..length]), Err(EncodingError::TooShort), "{length}");
            }
            bytes.extend_from_slice(&[0, 0]);
            assert_eq!(Transaction::decode(&bytes), Err(EncodingError::LeftOver { count: 2 }));
        }
    }

    #[test]
    fn there_are_two_kinds() {
        let transfer = unsigned();
        for kind in 2..=u8::MAX {
            let mut bytes = transfer.encode();
            bytes[0] = kind;
            assert_eq!(Transaction::decode(&bytes), Err(EncodingError::Kind { kind }));
            assert_eq!(Transfer::decode(&bytes), Err(EncodingError::Kind { kind }));
        }
        assert_eq!(Transfer::decode(&transfer.encode()), Ok(transfer));
        assert_eq!(Transfer::decode(&coinbase(1, 1).encode()), Err(EncodingError::Kind { kind: 0 }));
        assert_eq!(Transfer::decode(&[]), Err(EncodingError::TooShort));
    }

    #[test]
    fn a_note_has_at_most_80_bytes() {
        assert_eq!(Note::new(&[1; 80]).unwrap().as_bytes(), [1; 80]);
        assert_eq!(Note::new(&[1; 81]), Err(EncodingError::Note { length: 81 }));
        for (transaction, length_at) in extremes().into_iter().zip([85, 85, 89, 89]) {
            let mut bytes = transaction.encode();
            for length in [81, u8::MAX] {
                bytes[length_at] = length;
                // Even where the bytes would end before it.
                let error = EncodingError::Note { length: length.into() };
                assert_eq!(Transaction::decode(&bytes), Err(error));
            }
        }
    }

    #[test]
    fn a_sender_signs_every_byte_before_the_signature() {
        let network = network();
        let transfer = unsigned();
        let hash = transfer.sighash(network.sighash_engine());
        let bytes = transfer.encode();
        for at in 1..bytes.len() {
            // The length of the note says where the signature begins.
            if at == 89 {
                continue;
            }
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let changed = Transfer::decode(&changed).unwrap();
            assert_eq!(changed.sighash(network.sighash_engine()) == hash, at >= 90, "byte {at}");
            assert_ne!(changed.id(), transfer.id(), "byte {at}");
        }
        let other = SighashEngine::new(crate::BlockHash::ZERO);
        assert_ne!(transfer.sighash(&other), hash);
        let tag = TaggedHash::new("BCoin/transfer");
        let genesis = network.genesis_hash().to_hashed();
        assert_eq!(tag.hash([&genesis, &bytes[..90]].concat()), hash);
    }

    #[test]
    fn a_transfer_that_was_judged_has_the_same_encoding_and_id() {
        let network = network();
        let transfer = signed(&network, unsigned());
        let checked = CheckedTransfer::check(transfer.clone(), network.sighash_engine()).unwrap();
        let (read, judged) = (Transaction::Transfer(transfer), Transaction::Checked(checked));
        assert_eq!(judged.encode(), read.encode());
        assert_eq!((judged.id(), judged.encoded_len()), (read.id(), read.encoded_len()));
        let mut written = Vec::new();
        judged.write(&mut written);
        assert_eq!(written, read.encode());
    }
}
