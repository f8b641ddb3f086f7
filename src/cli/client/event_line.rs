//! Events as lines of text.

use chrono::{DateTime, Utc};
use clap::builder::styling::Style;
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    output::{FAINT, GOOD, NOTABLE, Output, shown},
    replaced::Replaced,
    sound_words, words,
};
use crate::{
    peers::Event,
    wire::{
        sound,
        v1::{
            BeyondLimitEvent, BlockEvent, MiningEvent, PaymentEvent, PeersEvent, ReplacementEvent, ResetEvent, event,
        },
    },
};

/// The line for an event.
pub(super) struct Line {
    time: Option<DateTime<Utc>>,
    text: String,
    style: Style,
}

impl Line {
    /// The line as it is printed.
    pub(super) fn painted(&self, out: Output) -> String {
        let time = self.time.map_or_else(|| "        ".into(), words::time_of_day);
        format!("{}  {}", out.paint(FAINT, time), out.paint(self.style, &self.text))
    }

    /// Adds to the text.
    pub(super) fn push(&mut self, more: &str) {
        self.text.push_str(more);
    }
}

/// The line for an event. An event that cannot be read is shown as it is: it comes from a node of another version.
pub(super) fn line_for(event: &Event) -> Line {
    let line = match event.name.as_str() {
        event::BLOCK => read(event).map(sound_block).or_else(|| read(event).map(block)),
        sound::event::TRANSACTION => read(event).map(sound_transaction),
        sound::event::LEFT => read(event).map(left),
        event::PAYMENT => read(event).map(transaction),
        event::REPLACEMENT => read(event).map(sound_replacement).or_else(|| read(event).map(replacement)),
        event::PEERS => read(event).map(peers),
        event::MINING => read(event).map(mining),
        event::BEYOND_LIMIT => read(event).map(beyond_limit),
        event::RESET => read(event).map(reset),
        _ => None,
    };
    line.unwrap_or_else(|| {
        let time = read(event).map(|Time { time }| time);
        Line { time, text: format!("{}: {}", shown(&event.name), shown(&event.data)), style: FAINT }
    })
}

/// The field that all events have.
#[derive(Deserialize)]
struct Time {
    time: DateTime<Utc>,
}

fn read<T: DeserializeOwned>(event: &Event) -> Option<T> {
    serde_json::from_str(&event.data).ok()
}

fn line(time: DateTime<Utc>, style: Style, text: String) -> Line {
    Line { time: Some(time), text, style }
}

fn block(event: BlockEvent) -> Line {
    line(event.time, GOOD, words::mined(&event.header, event.tries, event.took_ms))
}

fn transaction(event: PaymentEvent) -> Line {
    let transaction = words::transaction(&event.transaction);
    let text = format!("{transaction}; it waits for block {} ({} waiting)", event.block, event.pending);
    line(event.time, Style::new(), text)
}

fn sound_block(event: sound::BlockEvent) -> Line {
    let text = match (event.tries, event.took_ms) {
        (Some(tries), Some(took_ms)) => sound_words::mined(&event.header, tries, took_ms),
        _ => sound_words::received(&event.header),
    };
    line(event.time, GOOD, text)
}

fn sound_transaction(event: sound::TransactionEvent) -> Line {
    let transfer = sound_words::transfer(&event.transaction);
    let text = format!("{transfer}; it waits for block {} ({} waiting)", event.block, event.pending);
    line(event.time, Style::new(), text)
}

fn left(event: sound::LeftEvent) -> Line {
    let ids = event.ids.iter().map(|id| words::short_hash(id)).collect::<Vec<_>>().join(", ");
    let transfers = words::count(event.ids.len() as u64, "transfer");
    line(event.time, NOTABLE, format!("{transfers} gone, {}: {ids}", sound_words::departure(event.why)))
}

fn sound_replacement(event: sound::ReplacementEvent) -> Line {
    line(event.time, NOTABLE, replaced(&event.replacement.into()))
}

fn replacement(event: ReplacementEvent) -> Line {
    line(event.time, NOTABLE, replaced(&event.replacement.into()))
}

/// `a longer one`, `one with more work`.
fn with_article(better: &str) -> String {
    if better.starts_with("one") { better.into() } else { format!("a {better}") }
}

fn replaced(replaced: &Replaced) -> String {
    let mut text = match &replaced.from {
        Some(peer) => format!("chain replaced by the {} of {}", replaced.better, shown(peer)),
        None => format!("chain replaced by {}", with_article(replaced.better)),
    };
    text.push_str(&format!(": {} now", words::count(replaced.length, "block")));
    if let Some(blocks) = replaced.disconnected() {
        text.push_str(&format!("; given up: {blocks}"));
    }
    if replaced.returned > 0 {
        text.push_str(&format!("; waiting again: {}", words::count(replaced.returned, "payment")));
    }
    if replaced.not_returned > 0 {
        text.push_str(&format!("; gone: {}", words::count(replaced.not_returned, "payment")));
    }
    text
}

fn peers(event: PeersEvent) -> Line {
    let named = |addresses: &[String]| addresses.iter().map(|address| shown(address)).collect::<Vec<_>>().join(", ");
    let mut parts = Vec::new();
    if !event.added.is_empty() {
        parts.push(format!("connected: {}", named(&event.added)));
    }
    if !event.removed.is_empty() {
        parts.push(format!("forgotten: {}", named(&event.removed)));
    }
    let text = format!("{} ({})", parts.join("; "), words::count(event.peers as u64, "peer"));
    line(event.time, Style::new(), text)
}

fn mining(event: MiningEvent) -> Line {
    line(event.time, Style::new(), format!("the node mines {} from now on", words::mining(event.mining)))
}

fn beyond_limit(event: BeyondLimitEvent) -> Line {
    line(event.time, NOTABLE, format!("{}: {}", shown(&event.peer), shown(&event.reason)))
}

fn reset(event: ResetEvent) -> Line {
    line(
        event.time,
        NOTABLE,
        "what happened before this is not known: the node has started anew, or too much has happened".into(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text of an event, without its time of day, which depends on the time zone.
    fn text_of(name: &str, data: &str) -> String {
        let line = line_for(&Event { id: "1f2e3d4c-1".into(), name: name.into(), data: data.into() });
        assert_eq!(line.time, Some("2026-11-23T12:47:55.215595Z".parse().unwrap()), "{}", line.text);
        line.text
    }

    fn header(index: u64) -> String {
        format!(
            r#"{{"index": {index}, "hash": "1f2e3d4c5b6a", "previous_hash": "0", "proof": 45293, "timestamp": "now", "transactions": 2}}"#
        )
    }

    #[test]
    fn every_event_is_a_line() {
        let time = r#""time": "2026-11-23T12:47:55.215595Z""#;
        let alice = r#"{"sender": "Alice", "receiver": "Bob", "amount": 10}"#;
        let header = header(3);
        let replacement = |from: &str, given_up: u64, returned: u64| {
            format!(
                r#"{{"replacement": {{"from": {from}, "fork": 2, "length": 5, "tip_hash": "00", "given_up": {{"number": 1, "count": {given_up}, "blocks": []}}, "returned": {{"count": {returned}, "transactions": []}}}}, "pending": 1, {time}}}"#
            )
        };
        for (name, data, line) in [
            (
                "payment",
                format!(r#"{{"transaction": {alice}, "block": 3, "pending": 1, {time}}}"#),
                "Alice pays Bob 10; it waits for block 3 (1 waiting)",
            ),
            (
                "block",
                format!(r#"{{"header": {header}, "tries": 45293, "took_ms": 0.94, {time}}}"#),
                "block 3 mined: 2 transactions, proof 45293 after 45293 tries in 0.9 ms, hash 1f2e3d4c...",
            ),
            (
                "replacement",
                replacement("\"127.0.0.1:1002\"", 1, 1),
                "chain replaced by the longer one of 127.0.0.1:1002: 5 blocks now; given up: block 3; waiting again: 1 payment",
            ),
            (
                "replacement",
                replacement("null", 2, 0),
                "chain replaced by a longer one: 5 blocks now; given up: blocks 3 to 4",
            ),
            ("replacement", replacement("null", 0, 0), "chain replaced by a longer one: 5 blocks now"),
            (
                "replacement",
                replacement("null", 0, 0).replace(r#""fork""#, r#""not_returned": 2, "fork""#),
                "chain replaced by a longer one: 5 blocks now; gone: 2 payments",
            ),
            (
                "peers",
                format!(r#"{{"added": ["a:1", "b:2"], "removed": [], "peers": 2, {time}}}"#),
                "connected: a:1, b:2 (2 peers)",
            ),
            ("peers", format!(r#"{{"added": [], "removed": ["a:1"], "peers": 1, {time}}}"#), "forgotten: a:1 (1 peer)"),
            (
                "mining",
                format!(r#"{{"mining": {{"mode": "interval", "every_ms": 1000}}, {time}}}"#),
                "the node mines a block every 1000 ms from now on",
            ),
            (
                "beyond_limit",
                format!(r#"{{"peer": "a:1", "length": 9, "limit": "max-chain", "reason": "Too long.", {time}}}"#),
                "a:1: Too long.",
            ),
            (
                "weather",
                format!(r#"{{"sky": "\u202e", {time}}}"#),
                "weather: {\"sky\": \"\\u202e\", \"time\": \"2026-11-23T12:47:55.215595Z\"}",
            ),
            ("block", format!("{{{time}}}"), "block: {\"time\": \"2026-11-23T12:47:55.215595Z\"}"),
        ] {
            assert_eq!(text_of(name, &data), line);
        }
        assert!(text_of("reset", &format!("{{{time}}}")).contains("started anew"));
    }

    #[test]
    fn what_is_no_json_is_shown_without_harm() {
        let line = line_for(&Event { id: String::new(), name: "\u{1b}c".into(), data: "\u{202e}".into() });
        assert_eq!((line.time, line.text.as_str()), (None, "\\u{1b}c: \\u{202e}"));
    }
}
