//! When a transfer is right, as far as that can be said without accounts.

use std::sync::Arc;

use thiserror::Error;

use super::{
    amount::{Amount, MAX_MONEY},
    encoding::EncodingError,
    hash::Txid,
    key::{BadKey, PublicKey, XOnlyKey},
    transaction::{SigningHash, Transfer},
};
use crate::rules::{self, Size};

/// Why a transfer is not right, whatever the accounts say.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum TransferError {
    /// The sender's or the receiver's key is none.
    #[error("the {party}'s key is no point on the curve: nobody can have it")]
    Key {
        /// Whose key it is.
        party: &'static str,
    },
    /// The amount is 0, or amount and fee are more than there can be.
    #[error("an amount is at least 1 unit, and amount and fee together are at most {} coins", MAX_MONEY)]
    Amount,
    /// The sender has not signed this, or for another network.
    #[error(
        "the signature does not fit: the transfer was changed after it was signed, or signed by another key, or for another network"
    )]
    Signature,
}

impl TransferError {
    /// The name of the rule in answers to programs.
    pub fn why(&self) -> &'static str {
        match self {
            Self::Key { .. } => "key",
            Self::Amount => "amount",
            Self::Signature => "signature",
        }
    }
}

/// A transfer that is right by itself: its keys are keys, its amounts are amounts, and its sender has signed it for this
/// network. Whether the sender has the money is for the accounts to say. Copies share one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedTransfer(Arc<Inner>);

#[derive(Debug, PartialEq, Eq)]
struct Inner {
    transfer: Transfer,
    id: Txid,
}

impl CheckedTransfer {
    /// Judges a transfer for the network whose transfers `signing` hashes.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check(transfer: Transfer, signing: &SigningHash) -> Result<Self, TransferError> {
        Self::check_with(transfer, signing, PublicKey::try_from)
    }

    /// The same, where `lift` does what [`PublicKey::try_from`] does.
    pub(super) fn check_with(
        transfer: Transfer,
        signing: &SigningHash,
        mut lift: impl FnMut(XOnlyKey) -> Result<PublicKey, BadKey>,
    ) -> Result<Self, TransferError> {
        let sender = lift(transfer.sender).map_err(|_| TransferError::Key { party: "sender" })?;
        // The parsed form is not needed, but every key that gets money has to be one.
        lift(transfer.receiver).map_err(|_| TransferError::Key { party: "receiver" })?;
        if !amounts_are_right(&transfer) {
            return Err(TransferError::Amount);
        }
        if !sender.verify(&transfer.signed_hash(signing), &transfer.signature) {
            return Err(TransferError::Signature);
        }
        Ok(Self::trusted(transfer))
    }

    /// A transfer that was judged before this node wrote it down.
    pub(super) fn trusted(transfer: Transfer) -> Self {
        let id = transfer.id();
        Self(Arc::new(Inner { transfer, id }))
    }

    /// The transfer.
    pub fn transfer(&self) -> &Transfer {
        &self.0.transfer
    }

    /// Its name.
    pub fn id(&self) -> Txid {
        self.0.id
    }

    /// Who pays.
    pub fn sender(&self) -> XOnlyKey {
        self.0.transfer.sender
    }

    /// How many transfers of this sender come before it.
    pub fn nonce(&self) -> u64 {
        self.0.transfer.nonce
    }

    /// What the sender pays: amount and fee. They were found to be at most all the money there can be.
    pub fn cost(&self) -> u64 {
        self.0.transfer.amount + self.0.transfer.fee
    }

    /// How many bytes the encoding has.
    pub fn encoded_len(&self) -> usize {
        self.0.transfer.encoded_len()
    }
}

/// Whether amount and fee are amounts of money, and the amount is not 0.
fn amounts_are_right(transfer: &Transfer) -> bool {
    let total = transfer.amount.checked_add(transfer.fee).and_then(Amount::from_units);
    transfer.amount > 0 && total.is_some()
}

impl rules::Transaction for CheckedTransfer {
    type Error = EncodingError;

    fn encode(&self) -> Vec<u8> {
        self.0.transfer.encode()
    }

    /// Reads back what this node has judged and written down.
    fn decode(bytes: &[u8]) -> Result<Self, EncodingError> {
        let transfer = Transfer::decode(bytes)?;
        Ok(Self::trusted(transfer))
    }
}

impl Size for CheckedTransfer {
    fn size(&self) -> usize {
        self.encoded_len()
    }
}
