//! Readers for the bodies of requests: a transaction, a list of node addresses, and a mining mode.

use std::fmt;

use bcoin_ledger::chapter::{Scalar, ScalarError, Transaction, TransactionError};
use bcoin_node::{AddressError, PeerAddress};
use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, MapAccess, Visitor},
};
use serde_json::value::RawValue;
use thiserror::Error;

use super::{
    messages,
    nesting::{MAX_NESTING, nesting},
    not_json::{is_form, lacks_quotes},
    v1::MiningJson,
};

/// Why the body of a request cannot be used. Each text is a sentence for the person who sent it.
#[derive(Debug, Error)]
pub enum RequestError {
    /// The bytes are no UTF-8.
    #[error("The body has to be JSON in UTF-8, and this is not UTF-8. Save the file as UTF-8 and send it again.")]
    NotUtf8,
    /// The text is no JSON object.
    #[error("The body has to be a JSON object such as {example}. This one cannot be read: {source}.")]
    NotAnObject {
        /// A body of the right form.
        example: &'static str,
        /// The error and its position in the text.
        source: serde_json::Error,
    },
    /// The body is a form.
    #[error(
        "The body is a form, and it has to be a JSON object such as {example}. With curl: -d '{example}'. In Postman: Body > raw > \
         JSON. In PowerShell: -Body '{example}'."
    )]
    Form {
        /// A valid body.
        example: &'static str,
    },
    /// The body is an object without quotation marks.
    #[error(
        "The body has to be a JSON object such as {example}. This one has lost its quotation marks, which Windows takes away from \
         what is written behind -d. Write the JSON to a file and send that: -d \"@file.json\"."
    )]
    QuotesLost {
        /// A valid body.
        example: &'static str,
    },
    /// Lists and objects lie within each other more often than other nodes can read, if only under a key that is ignored.
    #[error(
        "The body has lists or objects nested {0} deep, and at most {MAX_NESTING} levels are read. Send it with fewer."
    )]
    TooDeep(usize),
    /// A transaction lacks one of its three fields.
    #[error("{}", messages::COMPONENTS_MISSING)]
    ComponentsMissing,
    /// A field of a transaction breaks a rule.
    #[error("This payment is not taken: {0}.")]
    Transaction(TransactionError),
    /// `nodes` is missing or null.
    #[error("{}", messages::NO_NODE)]
    NoNode,
    /// `nodes` is something else than a list of texts.
    #[error("`nodes` has to be a list of addresses such as [\"http://HOST:PORT\"], each in quotes.")]
    NotAList,
    /// `blocks` is missing, or something else than a list with blocks.
    #[error("`blocks` has to be a list of blocks, with one at least.")]
    NoBlocks,
    /// The body is no setting of mining by itself.
    #[error(
        "The body has to be {{\"mode\": \"off\"}}, {{\"mode\": \"on_payment\"}} or {{\"mode\": \"interval\", \"every_ms\": 1000}}. This one cannot be read: {0}."
    )]
    Mining(serde_json::Error),
    /// One of the addresses is none.
    #[error("{entry:?} is not taken, nor are the others: {source}.")]
    Address {
        /// The entry as it was sent.
        entry: String,
        /// What is wrong with it.
        source: AddressError,
    },
}

/// How many characters of an entry that is no address are repeated.
const MAX_ENTRY: usize = 300;

impl RequestError {
    /// Which part of the body is not right, and why, as a word that does not change; none where no part can be named.
    pub fn fault(&self) -> Option<(String, &'static str)> {
        match self {
            Self::Transaction(TransactionError::Name { field }) => Some(((*field).to_owned(), "name")),
            Self::Transaction(TransactionError::Amount) => Some(("amount".to_owned(), "amount")),
            Self::Transaction(TransactionError::AmountTooLong) => Some(("amount".to_owned(), "too_long")),
            Self::Transaction(TransactionError::Field { field, source }) => {
                let code = match source {
                    ScalarError::TooManyDigits => "too_many_digits",
                    ScalarError::NotFinite => "not_finite",
                    ScalarError::Compound | ScalarError::Json(_) => "not_a_scalar",
                };
                Some(((*field).to_owned(), code))
            }
            Self::Address { entry, source } => Some((entry.chars().take(MAX_ENTRY).collect(), address_code(source))),
            _ => None,
        }
    }
}

fn address_code(error: &AddressError) -> &'static str {
    match error {
        AddressError::Malformed(_) => "malformed",
        AddressError::Scheme(_) => "scheme",
        AddressError::Credentials => "credentials",
        AddressError::NotAsked => "not_asked",
        AddressError::Ipv4Spelling => "ipv4_spelling",
        AddressError::PortZero => "port_zero",
        AddressError::PortTooLarge(_) => "port_too_large",
        AddressError::PortMissing => "port_missing",
    }
}

/// Reads the body of `/add_transaction`. Further keys are ignored. The last of duplicate keys counts, as in the listing.
///
/// # Errors
/// See [`RequestError`].
pub fn transaction_from_json(body: &[u8]) -> Result<Transaction, RequestError> {
    const FIELDS: [&str; 3] = ["sender", "receiver", "amount"];
    let raw = fields(FIELDS, body, r#"{"sender": "Alice", "receiver": "Bob", "amount": 10}"#)?;
    let [Some(sender), Some(receiver), Some(amount)] = raw else { return Err(RequestError::ComponentsMissing) };
    let scalar = |field, raw| {
        Scalar::from_raw(raw).map_err(|source| RequestError::Transaction(TransactionError::Field { field, source }))
    };
    let [sender, receiver, amount] =
        [scalar(FIELDS[0], sender)?, scalar(FIELDS[1], receiver)?, scalar(FIELDS[2], amount)?];
    Transaction::submitted(sender, receiver, amount).map_err(RequestError::Transaction)
}

/// Reads the body of `/connect_node`, or a file like `nodes.json`.
///
/// # Errors
/// See [`RequestError`]; one entry that is no address refuses them all.
pub fn nodes_from_json(body: &[u8]) -> Result<Vec<PeerAddress>, RequestError> {
    let nodes = match fields(["nodes"], body, r#"{"nodes": ["http://HOST:PORT"]}"#)? {
        [Some(raw)] if raw.get() != "null" => raw.get(),
        _ => return Err(RequestError::NoNode),
    };
    let entries: Vec<String> = serde_json::from_str(nodes).map_err(|_| RequestError::NotAList)?;
    entries.into_iter().map(|entry| entry.parse().map_err(|source| RequestError::Address { entry, source })).collect()
}

/// Reads the body of `POST /api/v1/judgements`: blocks, each as it was sent.
///
/// # Errors
/// See [`RequestError`].
pub fn blocks_from_json(body: &[u8]) -> Result<Vec<Box<RawValue>>, RequestError> {
    let [blocks] = fields(["blocks"], body, r#"{"blocks": [{"index": 2, ...}]}"#)?;
    let blocks: Option<Vec<Box<RawValue>>> = blocks.and_then(|raw| serde_json::from_str(raw.get()).ok());
    blocks.filter(|blocks| !blocks.is_empty()).ok_or(RequestError::NoBlocks)
}

/// Reads the body of `PUT /api/v1/mining`.
///
/// # Errors
/// See [`RequestError`].
pub fn mining_from_json(body: &[u8]) -> Result<MiningJson, RequestError> {
    const EXAMPLE: &str = r#"{"mode": "on_payment"}"#;
    serde_json::from_slice(body).map_err(|source| refusal(body, EXAMPLE, RequestError::Mining(source)))
}

/// The raw values of these fields of an object. The last of duplicate fields counts.
pub(super) fn fields<'a, const N: usize>(
    names: [&'static str; N],
    body: &'a [u8],
    example: &'static str,
) -> Result<[Option<&'a RawValue>; N], RequestError> {
    let text = std::str::from_utf8(body).map_err(|_| refusal(body, example, RequestError::NotUtf8))?;
    // Editors on Windows write a byte order mark at the beginning; RFC 8259 section 8.1 lets a reader ignore it.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut json = serde_json::Deserializer::from_str(text);
    let fields = json.deserialize_map(Fields(names)).and_then(|fields| json.end().map(|()| fields));
    let fields = fields.map_err(|source| refusal(body, example, RequestError::NotAnObject { example, source }))?;
    match nesting(body) {
        depth if depth > MAX_NESTING => Err(RequestError::TooDeep(depth)),
        _ => Ok(fields),
    }
}

/// Why this body is refused: what was sent instead of JSON says more than where reading it failed.
fn refusal(body: &[u8], example: &'static str, otherwise: RequestError) -> RequestError {
    if is_form(body) {
        RequestError::Form { example }
    } else if std::str::from_utf8(body).is_ok_and(lacks_quotes) {
        RequestError::QuotesLost { example }
    } else {
        otherwise
    }
}

/// Reads an object, and keeps the fields with these names. Nothing is copied: this runs for every transaction.
struct Fields<const N: usize>([&'static str; N]);

impl<'de, const N: usize> Visitor<'de> for Fields<N> {
    type Value = [Option<&'de RawValue>; N];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = [None; N];
        while let Some(index) = map.next_key_seed(KeyIndex(self.0))? {
            let value: &RawValue = map.next_value()?;
            if let Some(index) = index {
                fields[index] = Some(value);
            }
        }
        Ok(fields)
    }
}

/// Deserializes a key to its index in a list of names; none when it is not in the list.
struct KeyIndex<const N: usize>([&'static str; N]);

impl<'de, const N: usize> DeserializeSeed<'de> for KeyIndex<N> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, key: D) -> Result<Self::Value, D::Error> {
        key.deserialize_str(self)
    }
}

impl<const N: usize> Visitor<'_> for KeyIndex<N> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().position(|name| *name == key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal<T: fmt::Debug>(result: Result<T, RequestError>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn what_was_sent_instead_of_json_is_named() {
        let form = b"sender=Alice&receiver=Bob&amount=10";
        for (refusal, example) in [
            (
                refusal(transaction_from_json(form)),
                r#"curl: -d '{"sender": "Alice", "receiver": "Bob", "amount": 10}'"#,
            ),
            (refusal(nodes_from_json(b"nodes=127.0.0.1")), r#"curl: -d '{"nodes": ["http://HOST:PORT"]}'"#),
            (refusal(mining_from_json(b"mode=off")), r#"curl: -d '{"mode": "on_payment"}'"#),
        ] {
            assert!(refusal.contains("is a form") && refusal.contains(example), "{refusal}");
            assert!(refusal.contains("Body > raw > JSON"), "{refusal}");
        }
        let lost = refusal(transaction_from_json(b"{sender: Alice, receiver: Bob, amount: 10}"));
        assert!(lost.contains("JSON object such as {\"sender\"") && lost.contains("quotation marks"), "{lost}");
        let binary = b"--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\xff\xfe\r\n--X--\r\n";
        assert!(refusal(transaction_from_json(binary)).contains("is a form"));
    }

    #[test]
    fn a_transaction_is_read_and_further_keys_are_ignored() {
        let body = r#"{"amount": 3, "note": [[[]]], "sender": "x", "sender": "Alice", "receiver": "Bob"}"#;
        let transaction = transaction_from_json(body.as_bytes()).unwrap();
        assert_eq!(transaction.canonical(), r#"{"amount": 3, "receiver": "Bob", "sender": "Alice"}"#);
        assert!(transaction_from_json(format!("\u{feff}{body}").as_bytes()).is_ok());
    }

    #[test]
    fn what_is_nested_deeper_than_cpython_reads_is_refused_under_any_key() {
        // With the body itself as the first level.
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels - 1), "]".repeat(levels - 1));
        let transaction =
            |levels| format!(r#"{{"note": {}, "sender": "a", "receiver": "b", "amount": 1}}"#, nested(levels));
        let nodes = |levels| format!(r#"{{"nodes": [], "note": {}}}"#, nested(levels));
        assert!(transaction_from_json(transaction(MAX_NESTING).as_bytes()).is_ok());
        assert!(nodes_from_json(nodes(MAX_NESTING).as_bytes()).is_ok());
        for levels in [MAX_NESTING + 1, 100_000] {
            for refusal in [
                refusal(transaction_from_json(transaction(levels).as_bytes())),
                refusal(nodes_from_json(nodes(levels).as_bytes())),
            ] {
                assert!(refusal.contains(&format!("nested {levels} deep")), "{refusal}");
            }
        }
        let text = format!(
            r#"{{"sender": "{}", "receiver": "b", "amount": 1, "note": "{}"}}"#,
            "[".repeat(200),
            "{".repeat(9999)
        );
        assert!(transaction_from_json(text.as_bytes()).is_ok(), "brackets in a text are no lists");
    }

    #[test]
    fn a_key_is_read_as_json_reads_it() {
        let body = r#"{"\u0073ender": "Alice", "receiver": "Bob", "receiver\u0000": 1, "amount": 1, "amount": 3}"#;
        let transaction = transaction_from_json(body.as_bytes()).unwrap();
        assert_eq!(transaction.canonical(), r#"{"amount": 3, "receiver": "Bob", "sender": "Alice"}"#);
        for body in [r#"{"\ud800": 1}"#, "{'sender': 1}", r#"{"a" 1}"#, r#"{"a": 1,}"#, r#"{"a": [}"#, r#"{"a": 1} x"#]
        {
            let refusal = refusal(transaction_from_json(body.as_bytes()));
            assert!(refusal.contains("JSON object such as") && refusal.contains("line 1 column"), "{body}: {refusal}");
        }
    }

    #[test]
    fn a_missing_field_is_reported_before_a_bad_one() {
        assert_eq!(refusal(transaction_from_json(br#"{"sender": 7}"#)), messages::COMPONENTS_MISSING);
        assert_eq!(refusal(transaction_from_json(b"{}")), messages::COMPONENTS_MISSING);
    }

    #[test]
    fn each_bad_field_is_named() {
        for (body, field) in [
            (r#"{"sender": "", "receiver": "b", "amount": 1}"#, "`sender`"),
            (r#"{"sender": "a", "receiver": null, "amount": 1}"#, "`receiver`"),
            (r#"{"sender": "a", "receiver": "b", "amount": -1}"#, "`amount`"),
            (r#"{"sender": "a", "receiver": "b", "amount": [1]}"#, "`amount`"),
            (r#"{"sender": "a", "receiver": "b", "amount": 1e999}"#, "`amount`"),
            (r#"{"sender": "\ud800", "receiver": "b", "amount": 1}"#, "`sender`"),
        ] {
            assert!(refusal(transaction_from_json(body.as_bytes())).contains(field), "{body}");
        }
    }

    #[test]
    fn the_refusal_of_what_is_no_object_names_what_was_expected() {
        let deep = "[".repeat(100_000);
        for body in ["", "hello", "[]", "\"x\"", "1", "null", "{\"sender\": }", "{} {}", "{'sender': 'a'}", &deep] {
            assert!(refusal(transaction_from_json(body.as_bytes())).contains("JSON object such as"), "{body:.20}");
        }
        assert!(refusal(transaction_from_json(b"\xff")).contains("UTF-8"));
    }

    #[test]
    fn nodes_are_read_or_refused_together() {
        let nodes = nodes_from_json(br#"{"nodes": ["http://127.0.0.1:1001", "localhost:1002/"]}"#).unwrap();
        assert_eq!(nodes.iter().map(ToString::to_string).collect::<Vec<_>>(), ["127.0.0.1:1001", "localhost:1002"]);
        assert_eq!(refusal(nodes_from_json(b"{}")), messages::NO_NODE);
        assert_eq!(refusal(nodes_from_json(br#"{"nodes": null}"#)), messages::NO_NODE);
        for body in [r#"{"nodes": "http://127.0.0.1"}"#, r#"{"nodes": [1]}"#, r#"{"nodes": {}}"#] {
            assert!(refusal(nodes_from_json(body.as_bytes())).contains("a list of addresses"), "{body}");
        }
        assert!(refusal(nodes_from_json(br#"{"nodes": ["127.0.0.1:1", "ftp://x"]}"#)).contains("\"ftp://x\""));
    }
}
