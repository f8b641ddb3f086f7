//! When a transfer is valid, as far as that can be said without accounts.

use std::sync::Arc;

use thiserror::Error;

use super::{
    amount::{Amount, MAX_MONEY},
    encoding::EncodingError,
    hash::Txid,
    key::{BadKey, PublicKey, XOnlyKey},
    transfer::{SighashEngine, Transfer},
};
use crate::rules::{self, Size};

/// Why a transfer is not valid, whatever the accounts say.
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

/// A transfer that is valid by itself: its keys are keys, its amounts are amounts, and its sender has signed it for this
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
    pub fn check(transfer: Transfer, signing: &SighashEngine) -> Result<Self, TransferError> {
        Self::check_with(transfer, signing, PublicKey::try_from)
    }

    /// The same, where some of its keys were lifted before: each takes a square root.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check_knowing(
        transfer: Transfer,
        known: &[PublicKey],
        signing: &SighashEngine,
    ) -> Result<Self, TransferError> {
        let is_known = |key: XOnlyKey| known.iter().find(|known| XOnlyKey::from(**known) == key).copied();
        Self::check_with(transfer, signing, |key| is_known(key).map_or_else(|| key.try_into(), Ok))
    }

    /// The same, where `lift` does what [`PublicKey::try_from`] does.
    pub(super) fn check_with(
        transfer: Transfer,
        signing: &SighashEngine,
        mut lift: impl FnMut(XOnlyKey) -> Result<PublicKey, BadKey>,
    ) -> Result<Self, TransferError> {
        let sender = lift(transfer.sender).map_err(|_| TransferError::Key { party: "sender" })?;
        // The parsed form is not needed, but every key that gets money has to be one.
        lift(transfer.receiver).map_err(|_| TransferError::Key { party: "receiver" })?;
        if !amounts_are_valid(&transfer) {
            return Err(TransferError::Amount);
        }
        if !sender.verify(&transfer.sighash(signing), &transfer.signature) {
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

    /// Its id.
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

    /// What the receiver gets. It was found to be an amount of money.
    pub fn amount(&self) -> Amount {
        Amount::saturating(self.0.transfer.amount)
    }

    /// What the miner gets. It was found to be an amount of money.
    pub fn fee(&self) -> Amount {
        Amount::saturating(self.0.transfer.fee)
    }

    /// What the sender pays: amount and fee. They were found to be an amount of money together.
    pub fn cost(&self) -> Amount {
        self.amount().saturating_add(self.fee())
    }

    /// How many bytes the encoding has.
    pub fn encoded_len(&self) -> usize {
        self.0.transfer.encoded_len()
    }
}

/// Whether amount and fee are amounts of money, and the amount is not 0.
fn amounts_are_valid(transfer: &Transfer) -> bool {
    let total = transfer.amount.checked_add(transfer.fee).and_then(Amount::from_units);
    transfer.amount > 0 && total.is_some()
}

impl rules::Transaction for CheckedTransfer {
    type Error = EncodingError;

    fn id(&self) -> Option<[u8; 32]> {
        Some(CheckedTransfer::id(self).to_hashed())
    }

    fn encode(&self) -> Vec<u8> {
        self.0.transfer.encode()
    }

    /// Reads back a transfer that was judged before this node wrote it into its own store. Only the form is judged here: bytes from
    /// outside go through [`Transfer::decode`] and [`CheckedTransfer::check`], never through this.
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

#[cfg(test)]
mod tests {
    use super::{
        super::{
            key::Signature,
            testing::{key, network, secret, signed, unsigned},
        },
        *,
    };
    use crate::{BlockHash, rules::Transaction as _};

    const MOST: u64 = MAX_MONEY.units();

    fn check(transfer: Transfer) -> Result<CheckedTransfer, TransferError> {
        CheckedTransfer::check(transfer, network().sighash_engine())
    }

    #[test]
    fn amount_and_fee_are_money_together_without_overflow() {
        for (amount, fee) in [(1, 0), (1, MOST - 1), (MOST, 0), (MOST - 1, 1)] {
            let checked = check(signed(&network(), Transfer { amount, fee, ..unsigned() })).unwrap();
            let units = [checked.amount(), checked.fee(), checked.cost()].map(Amount::units);
            assert_eq!(units, [amount, fee, amount + fee]);
        }
        for (amount, fee) in [
            (0, 0),
            (0, 1),
            (MOST, 1),
            (1, MOST),
            (MOST + 1, 0),
            (1, u64::MAX),
            (u64::MAX, 1),
            (u64::MAX, 2),
            (u64::MAX, u64::MAX),
            (1 << 63, 1 << 63),
            ((1 << 63) + 1, 1 << 63),
        ] {
            let transfer = signed(&network(), Transfer { amount, fee, ..unsigned() });
            assert_eq!(check(transfer), Err(TransferError::Amount), "{amount} and {fee}");
        }
    }

    /// Such a transfer can come from a damaged store only.
    #[test]
    fn numbers_that_were_not_judged_are_no_more_than_all_the_money_there_can_be() {
        let damaged = CheckedTransfer::trusted(Transfer { amount: u64::MAX, fee: u64::MAX, ..unsigned() });
        assert_eq!([damaged.amount(), damaged.fee(), damaged.cost()], [MAX_MONEY; 3]);
    }

    #[test]
    fn both_keys_are_keys() {
        for no_key in [XOnlyKey::ZERO, XOnlyKey::from_bytes([0xff; 32])] {
            let sender = signed(&network(), Transfer { sender: no_key, ..unsigned() });
            assert_eq!(check(sender), Err(TransferError::Key { party: "sender" }));
            let receiver = signed(&network(), Transfer { receiver: no_key, ..unsigned() });
            assert_eq!(check(receiver), Err(TransferError::Key { party: "receiver" }));
        }
        let oneself = signed(&network(), Transfer { receiver: key(1), ..unsigned() });
        assert_eq!(check(oneself).unwrap().sender(), key(1));
    }

    #[test]
    fn keys_that_were_lifted_before_stand_for_themselves_only() {
        let (network, of) = (network(), |number| secret(number).public_key());
        let right = signed(&network, unsigned());
        let check = |transfer: &Transfer, known: &[PublicKey]| {
            CheckedTransfer::check_knowing(transfer.clone(), known, network.sighash_engine())
        };
        for known in [&[][..], &[of(1), of(2)], &[of(2), of(1)], &[of(3), of(4)]] {
            assert_eq!(check(&right, known), CheckedTransfer::check(right.clone(), network.sighash_engine()));
        }
        let no_key = signed(&network, Transfer { receiver: XOnlyKey::ZERO, ..unsigned() });
        assert_eq!(check(&no_key, &[of(1), of(2)]), Err(TransferError::Key { party: "receiver" }));
        let by_another = Transfer { sender: of(3).into(), ..right };
        assert_eq!(check(&by_another, &[of(3), of(2)]), Err(TransferError::Signature));
    }

    #[test]
    fn the_sender_has_signed_for_this_network() {
        let network = network();
        let right = signed(&network, unsigned());
        assert!(check(right.clone()).is_ok());
        let other = SighashEngine::new(BlockHash::ZERO);
        let for_another = secret(1).sign(&right.sighash(&other), &[7; 32]);
        let by_another = secret(2).sign(&right.sighash(network.sighash_engine()), &[7; 32]);
        for signature in [for_another, by_another, Signature::from_bytes([0; 64]), Signature::from_bytes([0xff; 64])] {
            assert_eq!(check(Transfer { signature, ..right.clone() }), Err(TransferError::Signature));
        }
        // The same transfer, signed with other randomness, is valid too, and has another id.
        let again =
            Transfer { signature: secret(1).sign(&right.sighash(network.sighash_engine()), &[8; 32]), ..right.clone() };
        assert_ne!(check(again).unwrap().id(), check(right).unwrap().id());
    }

    #[test]
    fn each_error_says_what_is_wrong() {
        for (error, why, sentence) in [
            (
                TransferError::Key { party: "sender" },
                "key",
                "the sender's key is no point on the curve: nobody can have it",
            ),
            (
                TransferError::Amount,
                "amount",
                "an amount is at least 1 unit, and amount and fee together are at most 21000000 coins",
            ),
            (
                TransferError::Signature,
                "signature",
                "the signature does not fit: the transfer was changed after it was signed, or signed by another key, or for \
                 another network",
            ),
        ] {
            assert_eq!((error.why(), error.to_string().as_str()), (why, sentence));
        }
    }

    #[test]
    fn what_was_judged_is_read_back_as_it_was() {
        let checked = check(signed(&network(), Transfer { nonce: 9, ..unsigned() })).unwrap();
        let bytes = checked.encode();
        let read = CheckedTransfer::decode(&bytes).unwrap();
        assert_eq!((&read, read.id(), read.nonce()), (&checked, checked.transfer().id(), 9));
        assert_eq!((checked.size(), checked.encoded_len()), (bytes.len(), bytes.len()));
        assert_eq!(CheckedTransfer::decode(&bytes[1..]).unwrap_err().why(), "kind");
    }
}
