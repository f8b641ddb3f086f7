//! Blocks, transactions, durations and modes in words.

use chrono::{DateTime, Local, Utc};

use super::output::shown;
use crate::wire::v1::{Field, HeaderJson, MiningJson, TransactionJson};

/// How many characters of a hash are enough to tell blocks apart.
const SHORT_HASH: usize = 8;
/// How many characters of a block's time are shown: as many as a time with microseconds has.
const MAX_TIME: usize = 26;

/// `1 block`, `2 blocks`.
pub(super) fn count(number: u64, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// The beginning of a hash.
pub(super) fn short_hash(hash: &str) -> String {
    beginning(hash, SHORT_HASH)
}

/// The timestamp of a block, as its miner wrote it.
pub(super) fn block_time(timestamp: &str) -> String {
    beginning(timestamp, MAX_TIME)
}

fn beginning(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        Some((at, _)) => format!("{}...", shown(&text[..at])),
        None => shown(text),
    }
}

/// `Alice pays Bob 10`.
pub(super) fn transaction(transaction: &TransactionJson) -> String {
    let TransactionJson { amount, receiver, sender } = transaction;
    format!("{} pays {} {}", name(sender), name(receiver), shown(amount.json()))
}

/// Whether the last transaction of a block is the reward: then its amount is 1.
pub(super) fn is_reward(transaction: &TransactionJson) -> bool {
    transaction.amount.json() == "1"
}

/// A name. It is quoted unless it consists of letters, digits and a few harmless characters.
fn name(field: &Field) -> String {
    let Ok(text) = serde_json::from_str::<String>(field.json()) else { return shown(field.json()) };
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '@' | '\'');
    if !text.is_empty() && text.chars().all(is_plain) {
        shown(&text)
    } else {
        format!("\"{}\"", shown(&text.replace('\\', "\\\\").replace('"', "\\\"")))
    }
}

/// `block 3 mined: 2 transactions, proof 533 after 533 tries in 0.9 ms, hash 1f2e3d4c...`.
pub(super) fn mined(header: &HeaderJson, tries: u64, took_ms: f64) -> String {
    format!(
        "block {} mined: {}, proof {} after {} in {}, hash {}",
        header.index,
        count(header.transactions as u64, "transaction"),
        header.proof,
        if tries == 1 { "1 try".into() } else { format!("{tries} tries") },
        duration(took_ms),
        short_hash(&header.hash),
    )
}

/// A duration in milliseconds, rounded to the digits that matter.
pub(super) fn duration(ms: f64) -> String {
    match ms {
        ms if ms < 10.0 => format!("{ms:.1} ms"),
        ms if ms < 10_000.0 => format!("{ms:.0} ms"),
        ms => format!("{:.1} s", ms / 1000.0),
    }
}

/// Whether and when a node mines by itself, after "it mines".
pub(super) fn mining(mining: MiningJson) -> String {
    match mining {
        MiningJson::Off => "only when asked".into(),
        MiningJson::Interval { every_ms } => format!("a block every {every_ms} ms"),
        MiningJson::OnPayment => "whenever payments wait".into(),
        MiningJson::Continuous => "one block after the other".into(),
    }
}

/// A moment, by this machine's clock.
pub(super) fn moment(time: DateTime<Utc>) -> String {
    time.with_timezone(&Local).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// The time of the day, by this machine's clock.
pub(super) fn time_of_day(time: DateTime<Utc>) -> String {
    time.with_timezone(&Local).format("%H:%M:%S").to_string()
}

/// A duration in its two largest units.
pub(super) fn long_duration(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min {} s", seconds % 60),
        (0, _, _) => format!("{hours} h {} min", minutes % 60),
        _ => format!("{} {} h", count(days, "day"), hours % 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> TransactionJson {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_transaction_in_words_is_unambiguous() {
        for (json, words) in [
            (r#"{"amount": 10, "receiver": "Bob", "sender": "Alice"}"#, "Alice pays Bob 10"),
            (r#"{"amount": "1.50", "receiver": "Bob", "sender": "Ann Lee"}"#, r#""Ann Lee" pays Bob "1.50""#),
            (r#"{"amount": 1.0e30, "receiver": null, "sender": ""}"#, r#""" pays null 1.0e30"#),
            (
                r#"{"amount": 1, "receiver": "Bob 5\nEve pays", "sender": "a\u202eb"}"#,
                r#""a\u{202e}b" pays "Bob 5\u{a}Eve pays" 1"#,
            ),
            (r#"{"amount": 1, "receiver": "\" pays \\", "sender": "\ud800"}"#, r#""\ud800" pays "\" pays \\" 1"#),
        ] {
            assert_eq!(transaction(&read(json)), words);
        }
    }

    #[test]
    fn times_have_the_digits_that_say_something() {
        assert_eq!(
            [0.04, 0.94, 9.5, 12.4, 9_999.0, 12_345.0].map(duration),
            ["0.0 ms", "0.9 ms", "9.5 ms", "12 ms", "9999 ms", "12.3 s"]
        );
        assert_eq!(
            [59, 60, 3_599, 3_600, 86_399, 86_400, 180_000].map(long_duration),
            ["59 s", "1 min 0 s", "59 min 59 s", "1 h 0 min", "23 h 59 min", "1 day 0 h", "2 days 2 h"]
        );
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(short_hash("0123456789"), "01234567...");
        assert_eq!(short_hash("ääääääää"), "ääääääää");
        assert_eq!(short_hash("ääääääääx"), "ääääääää...");
        assert_eq!(block_time("2026-11-23 05:36:42.424544"), "2026-11-23 05:36:42.424544");
    }
}
