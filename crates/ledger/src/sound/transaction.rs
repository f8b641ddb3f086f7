//! Transactions as they are encoded: transfers and coinbases. Reading one judges its form and nothing else.

use super::{
    checked_transfer::CheckedTransfer,
    encoding::{EncodingError, Reader},
    hash::{TaggedHash, Txid, double_sha256},
    key::{Signature, XOnlyKey},
};

/// The kind of a coinbase: the first byte of its encoding.
const COINBASE: u8 = 0;
/// The kind of a transfer.
const TRANSFER: u8 = 1;
/// How many bytes the shortest transaction has: a coinbase without a note.
pub(super) const MIN_TRANSACTION_BYTES: usize = 86;
/// How many bytes a transfer has beside its note.
pub(super) const TRANSFER_BYTES: usize = 154;
/// How many bytes a signature has.
const SIGNATURE_BYTES: usize = 64;

/// Up to 80 bytes that the rules do not look at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Note(Box<[u8]>);

impl Note {
    /// How many bytes a note has at most.
    pub const MAX_BYTES: usize = 80;

    /// A note of these bytes.
    ///
    /// # Errors
    /// When they are too many.
    pub fn new(bytes: &[u8]) -> Result<Self, EncodingError> {
        let length = bytes.len();
        if length <= Self::MAX_BYTES { Ok(Self(bytes.into())) } else { Err(EncodingError::Note { length }) }
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, EncodingError> {
        let length = usize::from(reader.u8()?);
        if length > Self::MAX_BYTES {
            return Err(EncodingError::Note { length });
        }
        reader.bytes(length).map(|bytes| Self(bytes.into()))
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        // At most 80, so one byte holds it.
        bytes.push(self.0.len() as u8);
        bytes.extend_from_slice(&self.0);
    }
}

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
        TRANSFER_BYTES + self.note.0.len()
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

    /// The name of the transfer. Its sender can sign it in many ways, so that an id is no receipt before it is in a block.
    pub fn id(&self) -> Txid {
        Txid::from_hashed(double_sha256(self.encode()))
    }

    /// What the sender signs: the hash of everything but the signature, for the network whose transfers `signing` hashes.
    pub fn signed_hash(&self, signing: &SigningHash) -> [u8; 32] {
        let bytes = self.encode();
        signing.0.hash(&bytes[..bytes.len() - SIGNATURE_BYTES])
    }

    /// Reads what follows the kind.
    fn read(reader: &mut Reader<'_>) -> Result<Self, EncodingError> {
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
pub struct SigningHash(TaggedHash);

impl SigningHash {
    /// That of the network with this genesis block.
    pub fn new(genesis: crate::BlockHash) -> Self {
        Self(TaggedHash::new("BCoin/transfer").after(genesis.to_hashed()))
    }
}

/// The first transaction of a block: what its miner gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coinbase {
    /// The height of its block, so that no two coinbases of a chain are equal (BIP 34).
    pub height: u32,
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
        MIN_TRANSACTION_BYTES + self.note.0.len()
    }

    /// The bytes that are kept, sent and hashed.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.encoded_len());
        self.write(&mut bytes);
        bytes
    }

    /// The name of the coinbase.
    pub fn id(&self) -> Txid {
        Txid::from_hashed(double_sha256(self.encode()))
    }

    /// Reads what follows the kind.
    fn read(reader: &mut Reader<'_>) -> Result<Self, EncodingError> {
        Ok(Self {
            height: reader.u32()?,
            receiver: XOnlyKey::from_bytes(reader.array()?),
            amount: reader.u64()?,
            commitment: reader.array()?,
            extranonce: reader.array()?,
            note: Note::read(reader)?,
        })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.push(COINBASE);
        bytes.extend_from_slice(&self.height.to_le_bytes());
        bytes.extend_from_slice(&self.receiver.to_bytes());
        bytes.extend_from_slice(&self.amount.to_le_bytes());
        bytes.extend_from_slice(&self.commitment);
        bytes.extend_from_slice(&self.extranonce);
        self.note.write(bytes);
    }
}

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

    /// The name of the transaction: the hash of its whole encoding.
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
        super::testing::{coinbase, network, signed, unsigned},
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
        let hash = transfer.signed_hash(network.signing());
        let bytes = transfer.encode();
        for at in 1..bytes.len() {
            // The length of the note says where the signature begins.
            if at == 89 {
                continue;
            }
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let changed = Transfer::decode(&changed).unwrap();
            assert_eq!(changed.signed_hash(network.signing()) == hash, at >= 90, "byte {at}");
            assert_ne!(changed.id(), transfer.id(), "byte {at}");
        }
        let other = SigningHash::new(crate::BlockHash::ZERO);
        assert_ne!(transfer.signed_hash(&other), hash);
        let tag = TaggedHash::new("BCoin/transfer");
        let genesis = network.genesis_hash().to_hashed();
        assert_eq!(tag.hash([&genesis, &bytes[..90]].concat()), hash);
    }

    #[test]
    fn a_transfer_that_was_judged_is_the_same_transaction() {
        let network = network();
        let transfer = signed(&network, unsigned());
        let checked = CheckedTransfer::check(transfer.clone(), network.signing()).unwrap();
        let (read, judged) = (Transaction::Transfer(transfer), Transaction::Checked(checked));
        assert_eq!(judged.encode(), read.encode());
        assert_eq!((judged.id(), judged.encoded_len()), (read.id(), read.encoded_len()));
        let mut written = Vec::new();
        judged.write(&mut written);
        assert_eq!(written, read.encode());
    }
}
