//! Transfers as they are encoded. Reading one judges its form and nothing else.

use super::{
    encoding::{EncodingError, Reader, TRANSFER},
    hash::{TaggedHash, Txid, double_sha256},
    key::{Signature, XOnlyKey},
    note::Note,
};
use crate::hash::BlockHash;

/// How many bytes a transfer has beside its note.
pub(super) const TRANSFER_BYTES: usize = 154;
/// How many bytes a signature has.
const SIGNATURE_BYTES: usize = 64;

/// A payment from one key to another, signed by the sender. Keys, amounts and signature have not been judged:
/// [`super::CheckedTransfer`] is one that passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// Who pays.
    pub sender: XOnlyKey,
    /// Who is paid; may be the sender.
    pub receiver: XOnlyKey,
    /// How many units the receiver gets.
    pub amount: u64,
    /// How many units the miner gets.
    pub fee: u64,
    /// How many transfers of this sender the chain holds before it.
    pub nonce: u64,
    /// What the sender has to say.
    pub note: Note,
    /// The sender's signature of all of that, for one network.
    pub signature: Signature,
}

impl Transfer {
    /// How many bytes the encoding has.
    pub fn encoded_len(&self) -> usize {
        TRANSFER_BYTES + self.note.len()
    }

    /// The bytes that are kept, sent and hashed.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.encoded_len());
        self.write(&mut bytes);
        bytes
    }

    /// Reads a transfer that the bytes hold from the first to the last.
    ///
    /// # Errors
    /// When the bytes are no transfer.
    pub fn decode(bytes: &[u8]) -> Result<Self, EncodingError> {
        let mut reader = Reader::new(bytes);
        let transfer = match reader.u8()? {
            TRANSFER => Self::read(&mut reader)?,
            kind => return Err(EncodingError::Kind { kind }),
        };
        reader.end().map(|()| transfer)
    }

    /// The id of the transfer: the hash of its whole encoding. Its sender can sign it in many ways, so that an id is no receipt
    /// before it is in a block.
    pub fn id(&self) -> Txid {
        Txid::from_hashed(double_sha256(self.encode()))
    }

    /// What the sender signs: the hash of everything but the signature, for the network whose transfers `signing` hashes.
    pub fn sighash(&self, signing: &SighashEngine) -> [u8; 32] {
        let bytes = self.encode();
        signing.0.hash(&bytes[..bytes.len() - SIGNATURE_BYTES])
    }

    /// Reads what follows the kind.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, EncodingError> {
        Ok(Self {
            sender: XOnlyKey::from_bytes(reader.array()?),
            receiver: XOnlyKey::from_bytes(reader.array()?),
            amount: reader.u64()?,
            fee: reader.u64()?,
            nonce: reader.u64()?,
            note: Note::read(reader)?,
            signature: Signature::from_bytes(reader.array()?),
        })
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.push(TRANSFER);
        bytes.extend_from_slice(&self.sender.to_bytes());
        bytes.extend_from_slice(&self.receiver.to_bytes());
        bytes.extend_from_slice(&self.amount.to_le_bytes());
        bytes.extend_from_slice(&self.fee.to_le_bytes());
        bytes.extend_from_slice(&self.nonce.to_le_bytes());
        self.note.write(bytes);
        bytes.extend_from_slice(&self.signature.to_bytes());
    }
}

/// The hash that transfers of one network sign: `tagged("BCoin/transfer", genesis_hash || ...)`. A transfer that was signed for
/// another network is not valid in this one.
#[derive(Clone, Debug)]
pub struct SighashEngine(TaggedHash);

impl SighashEngine {
    /// That of the network with this genesis block.
    pub fn new(genesis: BlockHash) -> Self {
        Self(TaggedHash::new("BCoin/transfer").after(genesis.to_hashed()))
    }
}
