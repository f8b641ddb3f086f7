//! Readers for the bodies of requests: a transfer, an encoding in hexadecimal digits, and who is to be paid for a block.

use bcoin_ledger::sound::{Address, BadAddress, EncodingError, Note, PublicKey, Signature, Transfer};
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
    Ok(transfer_with_keys(body)?.0)
}

/// As [`transfer_from_json`], with the keys that were lifted to read the addresses of the body.
///
/// # Errors
/// See [`SoundRequestError`].
pub fn transfer_with_keys(body: &[u8]) -> Result<(Transfer, Vec<PublicKey>), SoundRequestError> {
    const NEEDS: &str = "a transfer needs `sender`, `receiver`, `amount`, `fee`, `nonce` and `signature`";
    let values = fields(FIELDS, body, TRANSFER_EXAMPLE)?.map(|value| value.filter(|value| value.get() != "null"));
    let [raw, sender, receiver, amount, fee, nonce, note, signature] = values;
    if let Some(raw) = raw {
        return Ok((Transfer::decode(&bytes("raw", raw)?)?, Vec::new()));
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
    let keys = [address("sender", sender)?.key(), address("receiver", receiver)?.key()];
    let transfer = Transfer {
        sender: keys[0].into(),
        receiver: keys[1].into(),
        amount: amount?,
        fee: fee?,
        nonce: nonce?,
        note: Note::new(&note)?,
        signature: signature
            .try_into()
            .map(Signature::from_bytes)
            .map_err(|_| SoundRequestError::Signature { digits })?,
    };
    Ok((transfer, keys.into()))
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ADDRESS: &str = "bco1qracvj2zulfxe77e22kj36evh8p40kn6dflyr5fkdg5tl575vjlzxq73qgk";

    /// A body with all fields, changed like this: null takes a field away.
    fn body(changes: &Value) -> String {
        let signature = "00".repeat(64);
        let mut body = json!({
            "sender": ADDRESS, "receiver": ADDRESS, "amount": 1, "fee": 154, "nonce": 0, "signature": signature
        });
        for (field, value) in changes.as_object().unwrap() {
            body[field] = value.clone();
        }
        body.to_string()
    }

    fn refused(changes: &Value) -> SoundRequestError {
        transfer_from_json(body(changes).as_bytes()).unwrap_err()
    }

    #[test]
    fn the_note_may_be_missing_and_further_keys_are_ignored() {
        let transfer = transfer_from_json(body(&json!({"id": "x", "note": null})).as_bytes()).unwrap();
        assert_eq!((transfer.fee, transfer.note.as_bytes()), (154, &[][..]));
        let upper = transfer_from_json(body(&json!({"note": "AB", "sender": ADDRESS.to_uppercase()})).as_bytes());
        assert_eq!(upper.unwrap().note.as_bytes(), [0xab]);
    }

    #[test]
    fn a_body_without_a_signature_is_told_the_command_that_signs() {
        for changes in [json!({"signature": null}), json!({"signature": null, "sender": null, "receiver": null})] {
            let refusal = refused(&changes).to_string();
            assert!(refusal.contains("`bcoin send AMOUNT --to ADDRESS`"), "{refusal}");
        }
        for payment in [r#"{"sender": "Alice", "receiver": "Bob", "amount": 10}"#, r#"{"receiver": "Bob"}"#] {
            let refusal = transfer_from_json(payment.as_bytes()).unwrap_err().to_string();
            assert!(refusal.contains("from one address to another and is signed"), "{refusal}");
            assert!(refusal.contains("`bcoin send AMOUNT --to ADDRESS`"), "{refusal}");
        }
        assert!(matches!(transfer_from_json(b"{}").unwrap_err(), SoundRequestError::Unsigned));
        let long = json!({"sender": "x".repeat(1000), "signature": null});
        assert!(refused(&long).to_string().len() < 400);
    }

    #[test]
    fn each_field_that_is_missing_or_wrong_is_named() {
        for field in ["sender", "receiver", "amount", "fee", "nonce"] {
            let refusal = refused(&json!({field: null}));
            assert!(
                refusal.to_string().starts_with(&format!("The body has no `{field}`; a transfer needs")),
                "{refusal}"
            );
            assert_eq!(refusal.fault(), Some((field.to_owned(), "missing")));
        }
        for (changes, part, code) in [
            (json!({"sender": 7}), "`sender` has to be a text in quotes", "not_a_text"),
            (json!({"receiver": "bco1x"}), "`receiver` is no address that can be used: an address has 63", "address"),
            (json!({"note": "abc"}), "`note` has to be written in hexadecimal digits", "hex"),
            (json!({"note": "g0"}), "`note` has to be written in hexadecimal digits", "hex"),
            (json!({"signature": "00"}), "128 hexadecimal digits, not 2:", "length"),
        ] {
            let refusal = refused(&changes);
            assert!(refusal.to_string().contains(part), "{refusal}");
            assert_eq!(refusal.fault().unwrap().1, code);
            assert_eq!(refusal.why(), None, "{refusal}");
        }
        let note = refused(&json!({"note": "00".repeat(81)}));
        assert_eq!((note.why(), note.fault()), (Some("note"), None));
    }

    #[test]
    fn amounts_are_whole_numbers_of_units() {
        for value in [json!("1"), json!(1.5), json!(1.0), json!(-1), json!([1]), json!(true)] {
            for field in ["amount", "fee"] {
                let refusal = refused(&json!({field: value})).to_string();
                assert!(refusal.contains(&format!("`{field}`")), "{refusal}");
                assert!(refusal.contains("in units, 1 coin = 100000000 units"), "{refusal}");
            }
            assert!(matches!(refused(&json!({"nonce": value})), SoundRequestError::Nonce));
        }
        for number in ["1e3", "18446744073709551616", "-0"] {
            let text = body(&json!({})).replace("\"amount\":1,", &format!("\"amount\":{number},"));
            assert!(matches!(transfer_from_json(text.as_bytes()), Err(SoundRequestError::Amount { .. })), "{text}");
        }
        let most = body(&json!({"amount": u64::MAX, "nonce": u64::MAX}));
        assert_eq!(transfer_from_json(most.as_bytes()).unwrap().amount, u64::MAX);
    }

    #[test]
    fn encodings_are_hexadecimal_digits_in_quotes() {
        assert_eq!(raw_from_json(br#"{"raw": "00fF"}"#).unwrap(), [0, 0xff]);
        for (body, part) in [
            (&br#"{}"#[..], "The body has no `raw`"),
            (br#"{"raw": 12}"#, "`raw` has to be a text"),
            (br#"{"raw": "0"}"#, "`raw` has to be written in hexadecimal digits"),
            (b"00ff", "has to be a JSON object such as {\"raw\""),
        ] {
            let refusal = raw_from_json(body).unwrap_err().to_string();
            assert!(refusal.contains(part), "{refusal}");
        }
        let short = transfer_from_json(br#"{"raw": "01"}"#).unwrap_err();
        assert_eq!(short.why(), Some("encoding"));
    }

    #[test]
    fn a_template_needs_an_address() {
        let body = json!({"receiver": ADDRESS}).to_string();
        assert_eq!(receiver_from_json(body.as_bytes()).unwrap().to_string(), ADDRESS);
        let refusal = receiver_from_json(b"{}").unwrap_err().to_string();
        assert_eq!(refusal, "The body has no `receiver`; it holds the address that is paid for the block.");
        assert!(receiver_from_json(br#"{"receiver": "Alice"}"#).is_err());
    }
}
