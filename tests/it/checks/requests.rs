//! The bodies of `/add_transaction` and `/connect_node`, and the addresses of nodes.

use std::net::{IpAddr, SocketAddr};

use bcoin::wire::{nodes_from_json, transaction_from_json};
use bcoin_ledger::chapter::{Scalar, Transaction, json_string};
use bcoin_node::PeerAddress;
use serde_json::Value;
use url::Host;

use super::plain_json;

/// No body makes a reader panic. An accepted value obeys docs/contract.md, is kept as it was sent, and reads back the same when
/// it is written. A value that the contract surely allows is accepted.
pub fn requests(data: &[u8]) -> bool {
    // The body as a generic value; null when serde's generic values cannot hold it.
    let text = std::str::from_utf8(data).ok().map(|text| text.strip_prefix('\u{feff}').unwrap_or(text));
    let body = text.and_then(|text| serde_json::from_str::<Value>(text).ok()).unwrap_or_default();

    let transaction = transaction_from_json(data).ok();
    match &transaction {
        Some(transaction) => check_transaction(transaction, &body),
        None => assert!(!is_surely_a_transaction(&body, data.len()), "a good payment is refused: {body}"),
    }
    let nodes = nodes_from_json(data).ok();
    if let Some(nodes) = &nodes {
        check_nodes(nodes, &body);
    }
    let address = text.and_then(|text| text.parse().ok());
    check_address(text.unwrap_or_default(), address.as_ref());
    transaction.is_some() || nodes.is_some() || address.is_some()
}

fn check_transaction(transaction: &Transaction, body: &Value) {
    for (field, name) in [("sender", &transaction.sender), ("receiver", &transaction.receiver)] {
        let Scalar::Text(name) = name else { panic!("{field} is no text: {name:?}") };
        assert!((1..=256).contains(&name.chars().count()), "{field} has {} characters", name.chars().count());
        assert!(body.is_null() || body[field] == **name, "{field} is not kept as it was sent");
    }
    let amount = match &transaction.amount {
        Scalar::Number(number) => number.as_str(),
        Scalar::Text(text) => {
            assert!(body.is_null() || body["amount"] == **text, "amount is not kept as it was sent");
            text
        }
        other => panic!("amount is {other:?}"),
    };
    assert!(is_above_zero(amount), "amount is {amount}");
    assert!(amount.len() <= Transaction::MAX_AMOUNT, "amount has {} characters", amount.len());

    let written = transaction.canonical();
    assert_eq!(transaction_from_json(written.as_bytes()).ok().as_ref(), Some(transaction), "as a request: {written}");
    assert_eq!(Transaction::from_json(&written).ok().as_ref(), Some(transaction), "from the store: {written}");
}

fn is_above_zero(number: &str) -> bool {
    match plain_json::loads(number) {
        Some(plain_json::Value::Integer(digits)) => !digits.starts_with('-') && digits != "0",
        Some(plain_json::Value::Float(value)) => value > 0.0,
        _ => false,
    }
}

/// A body this short cannot hold an amount that is too long.
fn is_surely_a_transaction(body: &Value, length: usize) -> bool {
    let is_name = |field: &str| body[field].as_str().is_some_and(|name| (1..=256).contains(&name.chars().count()));
    is_name("sender")
        && is_name("receiver")
        && body["amount"].as_f64().is_some_and(|amount| amount > 0.0)
        && length <= Transaction::MAX_AMOUNT
}

fn check_nodes(nodes: &[PeerAddress], body: &Value) {
    if let Some(entries) = body["nodes"].as_array() {
        assert_eq!(entries.len(), nodes.len(), "each entry is an address, or none is taken");
    }
    for node in nodes {
        check_stored_address(node);
    }
    let written: Vec<_> = nodes.iter().map(|node| json_string(&node.to_string())).collect();
    let written = format!("{{\"nodes\": [{}]}}", written.join(", "));
    assert_eq!(nodes_from_json(written.as_bytes()).ok().as_deref(), Some(nodes), "{written}");
}

fn check_address(text: &str, address: Option<&PeerAddress>) {
    if let Some(address) = address {
        check_stored_address(address);
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let port = text.parse::<u16>().ok().filter(|port| *port != 0);
        assert_eq!(address.map(ToString::to_string), port.map(|port| format!("127.0.0.1:{port}")));
    }
    // The simplest form of an address: an IPv4 address, a colon, a port.
    if let Ok(plain @ SocketAddr::V4(_)) = text.parse::<SocketAddr>() {
        let allowed = !is_refused(plain.ip()) && plain.port() != 0;
        assert_eq!(address.map(ToString::to_string), allowed.then(|| plain.to_string()));
    }
}

/// An address is stored as it is shown, and read again at the next start.
fn check_stored_address(address: &PeerAddress) {
    let shown = address.to_string();
    assert!(shown.bytes().all(|byte| byte.is_ascii_graphic()), "not printable ASCII: {shown:?}");
    assert_ne!(address.port(), 0, "{shown}");
    let ip = match address.host() {
        Host::Ipv4(ip) => Some(IpAddr::from(*ip)),
        Host::Ipv6(ip) => Some(IpAddr::from(*ip)),
        Host::Domain(name) => {
            assert!(!name.is_empty(), "{shown}");
            None
        }
    };
    assert!(!ip.is_some_and(is_refused), "{shown} is never asked");
    for text in [shown.clone(), address.url(""), address.url("/get_chain")] {
        assert_eq!(text.parse().as_ref(), Ok(address), "{text} does not read back");
    }
}

/// The networks in which nodes ask nobody, bit by bit.
fn is_refused(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => match ip.octets() {
            [169, 254, ..] | [255, 255, 255, 255] | [100, 100, 100, 200] | [168, 63, 129, 16] | [192, 0, 0, 192] => {
                true
            }
            [0, rest @ ..] => rest != [0; 3],
            [first, ..] => first >> 4 == 0b1110,
        },
        IpAddr::V6(ip) => match ip.segments() {
            [0, 0, 0, 0, 0, 0xffff, upper, lower] => {
                let (upper, lower) = (upper.to_be_bytes(), lower.to_be_bytes());
                is_refused([upper[0], upper[1], lower[0], lower[1]].into())
            }
            [0 | 0x64, 0 | 0xff9b, 0, 0, 0, 0, upper, _] | [0x2002, upper, ..] => upper == 169 << 8 | 254,
            [0xfd00, 0xec2, ..] => true,
            [first, ..] => first >> 6 == 0xfe80 >> 6 || first >> 8 == 0xff,
        },
    }
}
