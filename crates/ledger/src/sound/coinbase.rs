//! Coinbases as they are encoded. Reading one judges its form and nothing else.

use super::{
    encoding::{COINBASE, EncodingError, MIN_TRANSACTION_BYTES, Reader},
    hash::{Txid, double_sha256},
    height::Height,
    key::XOnlyKey,
    note::Note,
};

/// The first transaction of a block: what its miner gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coinbase {
    /// The height of its block, so that no two coinbases of a chain are equal (BIP 34).
    pub height: Height,
    /// Who is paid; zero in the genesis block.
    pub receiver: XOnlyKey,
    /// How many units.
    pub amount: u64,
    /// Reserved; all zero.
    pub commitment: [u8; 32],
    /// Any value: another one gives the miner new headers to try.
    pub extranonce: [u8; 8],
    /// What the miner has to say. In the genesis block it holds the parameters of the network.
    pub note: Note,
}

impl Coinbase {
    /// How many bytes the encoding has.
    pub fn encoded_len(&self) -> usize {
        MIN_TRANSACTION_BYTES + self.note.len()
    }

    /// The bytes that are kept, sent and hashed.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.encoded_len());
        self.write(&mut bytes);
        bytes
    }

    /// The id of the coinbase: the hash of its whole encoding.
    pub fn id(&self) -> Txid {
        Txid::from_hashed(double_sha256(self.encode()))
    }

    /// Reads what follows the kind.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, EncodingError> {
        Ok(Self {
            height: Height::new(reader.u32()?),
            receiver: XOnlyKey::from_bytes(reader.array()?),
            amount: reader.u64()?,
            commitment: reader.array()?,
            extranonce: reader.array()?,
            note: Note::read(reader)?,
        })
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.push(COINBASE);
        bytes.extend_from_slice(&self.height.to_u32().to_le_bytes());
        bytes.extend_from_slice(&self.receiver.to_bytes());
        bytes.extend_from_slice(&self.amount.to_le_bytes());
        bytes.extend_from_slice(&self.commitment);
        bytes.extend_from_slice(&self.extranonce);
        self.note.write(bytes);
    }
}
