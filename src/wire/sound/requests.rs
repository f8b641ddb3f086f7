//! Readers for the bodies of requests: a transfer, an encoding in hexadecimal digits, and who is to be paid for a block.

use bcoin_ledger::sound::{Address, BadAddress, EncodingError, Note, Signature, Transfer};
use serde::Serialize;
use serde_json::value::RawValue;
use thiserror::Error;
use utoipa::ToSchema;

use crate::wire::requests::{RequestError, fields};

/// A body with a transfer.
const TRANSFER_EXAMPLE: &str = r#"{"raw": "01fb8649..."}"#;
/// A body with a receiver.
const RECEIVER_EXAMPLE: &str = r#"{"receiver": "bco1..."}"#;
/// The fields of a transfer, and the encoding that may stand instead of them.
const FIELDS: [&str; 8] = ["raw", "sender", "receiver", "amount", "fee", "nonce", "note", "signature"];

/// Why the body of a request cannot be used. Each text is a sentence for the person who sent it.
#[derive(Debug, Error)]
pub enum SoundRequestError {
    /// The body is no JSON object.
    #[error(transparent)]
    Body(#[from] RequestError),
    /// A transfer has no signature.
    #[error(
        "This transfer has no `signature`, so nobody can know that its sender wants it. Make it and sign it with `bcoin send \
         AMOUNT --to ADDRESS`."
    )]
    Unsigned,
    /// A payment between names, as under the printed rules.
    #[error(
        "Under these rules a payment goes from one address to another and is signed by its sender; {name:?} is no address. Make \
         it and sign it with `bcoin send AMOUNT --to ADDRESS`."
    )]
    Names {
        /// The name that stands for the sender or the receiver.
        name: String,
    },
    /// A field is missing.
    #[error("The body has no `{field}`; {needs}.")]
    Missing {
        /// The field.
        field: &'static str,
        /// What the body needs.
        needs: &'static str,
    },
    /// An amount or a fee is not written as one.
    #[error(
        "`{field}` is a whole number in units, 1 coin = 100000000 units, without quotes, sign, decimal point or exponent."
    )]
    Amount {
        /// The field.
        field: &'static str,
    },
    /// A nonce is not written as one.
    #[error(
        "`nonce` is a whole number without quotes, sign, decimal point or exponent: how many transfers the sender has sent before."
    )]
    Nonce,
    /// A field is no text.
    #[error("`{field}` has to be a text in quotes.")]
    NotText {
        /// The field.
        field: &'static str,
    },
    /// A field is no address.
    #[error("`{field}` is no address that can be used: {source}.")]
    Address {
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        source: BadAddress,
    },
    /// A field is not hexadecimal.
    #[error("`{field}` has to be written in hexadecimal digits, two for each byte.")]
    Hex {
        /// The field.
        field: &'static str,
    },
    /// A signature is too short or too long.
    #[error(
        "`signature` has 64 bytes, which are 128 hexadecimal digits, not {digits}: copy all of it, and nothing else."
    )]
    Signature {
        /// How many digits there are.
        digits: usize,
    },
    /// The bytes are no transfer.
    #[error("This transfer is not taken: {0}.")]
    Encoding(#[from] EncodingError),
}

/// How many characters of a name that is no address are repeated.
const MAX_NAME: usize = 80;

impl SoundRequestError {
    /// Which rule the transfer in the body breaks; none when the body could not be read as far as that.
    pub fn why(&self) -> Option<&'static str> {
        match self {
            Self::Address { source: BadAddress::Key, .. } => Some("key"),
            Self::Encoding(error) => Some(error.why()),
            _ => None,
        }
    }

    /// Which part of the body is not right, and why, as a word that does not change; none where no part can be named.
    pub fn fault(&self) -> Option<(String, &'static str)> {
        let (field, code) = match self {
            Self::Body(error) => return error.fault(),
            Self::Unsigned => ("signature", "missing"),
            Self::Missing { field, .. } => (*field, "missing"),
            Self::Amount { field } => (*field, "amount"),
            Self::Nonce => ("nonce", "nonce"),
            Self::NotText { field } => (*field, "not_a_text"),
            Self::Address { field, .. } => (*field, "address"),
            Self::Hex { field } => (*field, "hex"),
            Self::Signature { .. } => ("signature", "length"),
            Self::Names { .. } | Self::Encoding(_) => return None,
        };
        Some((field.to_owned(), code))
    }
}

/// The schema of a transfer that is sent: its fields, or its encoding as `raw`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum TransferRequest {
    /// Its encoding.
    Raw {
        /// All bytes of it in hexadecimal digits.
        #[schema(pattern = "^([0-9a-f]{2}){154,234}$")]
        raw: String,
    },
    /// Its fields.
    Fields {
        /// Address of who pays.
        sender: String,
        /// Address of who is paid.
        receiver: String,
        /// How many units the receiver gets: 100,000,000 are 1 coin.
        #[schema(minimum = 1, maximum = 2_100_000_000_000_000_u64)]
        amount: u64,
        /// How many units the miner gets: at least 1 for each byte of the encoding.
        #[schema(maximum = 2_100_000_000_000_000_u64)]
        fee: u64,
        /// How many transfers of the sender come before it.
        nonce: u64,
        /// What the sender has to say: up to 80 bytes in hexadecimal digits.
        #[schema(pattern = "^([0-9a-f]{2}){0,80}$")]
        note: Option<String>,
        /// The sender's signature (BIP 340).
        #[schema(pattern = "^[0-9a-f]{128}$")]
        signature: String,
    },
}

/// Reads the body of `/add_transaction` or `POST /api/v1/transactions`: the fields of a transfer, or its encoding. Further keys are
/// ignored, and the last of duplicate keys counts. The transfer is not judged.
///
/// # Errors
/// See [`SoundRequestError`].
pub fn transfer_from_json(body: &[u8]) -> Result<Transfer, SoundRequestError> {
    const NEEDS: &str = "a transfer needs `sender`, `receiver`, `amount`, `fee`, `nonce` and `signature`";
    let values = fields(FIELDS, body, TRANSFER_EXAMPLE)?.map(|value| value.filter(|value| value.get() != "null"));
    let [raw, sender, receiver, amount, fee, nonce, note, signature] = values;
    if let Some(raw) = raw {
        return Ok(Transfer::decode(&bytes("raw", raw)?)?);
    }
    let signature = signature.ok_or_else(|| unsigned([sender, receiver]))?;
    let needed = |field, value: Option<_>| value.ok_or(SoundRequestError::Missing { field, needs: NEEDS });
    let (sender, receiver) = (needed("sender", sender)?, needed("receiver", receiver)?);
    let [amount, fee] = [("amount", needed("amount", amount)?), ("fee", needed("fee", fee)?)]
        .map(|(field, value)| whole(value).ok_or(SoundRequestError::Amount { field }));
    let nonce = whole(needed("nonce", nonce)?).ok_or(SoundRequestError::Nonce);
    let note = note.map_or(Ok(Vec::new()), |note| bytes("note", note))?;
    let signature = bytes("signature", signature)?;
    let digits = 2 * signature.len();
    Ok(Transfer {
        sender: address("sender", sender)?.key().into(),
        receiver: address("receiver", receiver)?.key().into(),
        amount: amount?,
        fee: fee?,
        nonce: nonce?,
        note: Note::new(&note)?,
        signature: signature
            .try_into()
            .map(Signature::from_bytes)
            .map_err(|_| SoundRequestError::Signature { digits })?,
    })
}

/// Reads the body of `POST /api/v1/blocks/raw`: an encoding, which is not judged.
///
/// # Errors
/// See [`SoundRequestError`].
pub fn raw_from_json(body: &[u8]) -> Result<Vec<u8>, SoundRequestError> {
    const NEEDS: &str = "it holds the encoding of the block in hexadecimal digits";
    let [raw] = fields(["raw"], body, r#"{"raw": "00000020..."}"#)?;
    bytes("raw", raw.ok_or(SoundRequestError::Missing { field: "raw", needs: NEEDS })?)
}

/// Reads the body of `POST /api/v1/mining/template`: who is to be paid.
///
/// # Errors
/// See [`SoundRequestError`].
pub fn receiver_from_json(body: &[u8]) -> Result<Address, SoundRequestError> {
    const NEEDS: &str = "it holds the address that is paid for the block";
    let [receiver] = fields(["receiver"], body, RECEIVER_EXAMPLE)?;
    address("receiver", receiver.ok_or(SoundRequestError::Missing { field: "receiver", needs: NEEDS })?)
}

/// Why a body without a signature is no transfer: names instead of addresses come from the printed rules.
fn unsigned(parties: [Option<&RawValue>; 2]) -> SoundRequestError {
    let names = parties.into_iter().flatten().filter_map(|value| text("", value).ok());
    let name = names.into_iter().find(|name| name.parse::<Address>().is_err());
    match name {
        Some(name) => SoundRequestError::Names { name: name.chars().take(MAX_NAME).collect() },
        None => SoundRequestError::Unsigned,
    }
}

/// A number that JSON writes with digits alone.
fn whole(value: &RawValue) -> Option<u64> {
    let digits = value.get();
    digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

fn text(field: &'static str, value: &RawValue) -> Result<String, SoundRequestError> {
    serde_json::from_str(value.get()).map_err(|_| SoundRequestError::NotText { field })
}

fn bytes(field: &'static str, value: &RawValue) -> Result<Vec<u8>, SoundRequestError> {
    hex::decode(text(field, value)?).map_err(|_| SoundRequestError::Hex { field })
}

fn address(field: &'static str, value: &RawValue) -> Result<Address, SoundRequestError> {
    text(field, value)?.parse().map_err(|source| SoundRequestError::Address { field, source })
}
