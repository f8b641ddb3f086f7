//! What programs print, without what differs from run to run.

use std::ops::Range;

/// The same text with names for hashes, addresses of nodes, times, durations and these ports.
pub fn masked(text: &str, ports: Range<u16>) -> String {
    let mut masked = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(length) = time_at(rest) {
            masked.push_str("TIME");
            rest = &rest[length..];
            continue;
        }
        if let Some(length) = duration_at(rest) {
            masked.push('N');
            rest = &rest[length..];
            continue;
        }
        let length = rest.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(rest.len());
        if length == 0 {
            masked.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (word, after) = rest.split_at(length);
        let is_hex = word.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        match word.len() {
            64 if is_hex => masked.push_str("HASH"),
            32 if is_hex => masked.push_str("NODE"),
            8 if is_hex && (after.starts_with("...") || after.starts_with('-')) => masked.push_str("HASH"),
            _ => match word.parse::<u16>() {
                Ok(port) if ports.contains(&port) => masked.push_str(&format!("PORT{}", port - ports.start + 1)),
                _ => masked.push_str(word),
            },
        }
        rest = after;
    }
    masked
}

/// The length of a number of milliseconds at the beginning of a text.
fn duration_at(text: &str) -> Option<usize> {
    let length = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
    (text.starts_with(|first: char| first.is_ascii_digit()) && text[length..].starts_with(" ms")).then_some(length)
}

/// The length of the time at the beginning of a text: a date, a time of day, or both.
fn time_at(text: &str) -> Option<usize> {
    const SHAPES: [&str; 3] = ["dddd-dd-dd dd:dd:dd", "dddd-dd-ddTdd:dd:dd", "dd:dd:dd"];
    let fits = |shape: &&str| {
        text.len() >= shape.len()
            && shape.bytes().zip(text.bytes()).all(|(s, t)| if s == b'd' { t.is_ascii_digit() } else { s == t })
    };
    let shape = SHAPES.into_iter().find(fits)?;
    let rest = &text[shape.len()..];
    let fraction = rest
        .strip_prefix('.')
        .map_or(0, |digits| 1 + digits.find(|digit: char| !digit.is_ascii_digit()).unwrap_or(digits.len()));
    let zone = usize::from(rest[fraction..].starts_with('Z'));
    Some(shape.len() + fraction + zone)
}

/// Whether a text fits a pattern, both masked. A ` ... ` in it stands for any text within a line, and a line `...` for any
/// lines.
pub fn fits(text: &str, pattern: &str) -> bool {
    fn lines_fit(text: &[&str], pattern: &[&str]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some((&"...", rest)) => (0..=text.len()).any(|skipped| lines_fit(&text[skipped..], rest)),
            Some((first, rest)) => {
                text.split_first().is_some_and(|(line, more)| line_fits(line, first) && lines_fit(more, rest))
            }
        }
    }
    lines_fit(&text.lines().collect::<Vec<_>>(), &pattern.lines().collect::<Vec<_>>())
}

fn line_fits(line: &str, pattern: &str) -> bool {
    match pattern.split_once(" ... ") {
        None => line == pattern,
        Some((before, after)) => line
            .strip_prefix(before)
            .is_some_and(|rest| rest.char_indices().any(|(at, _)| line_fits(&rest[at..], after)) || after.is_empty()),
    }
}

#[test]
fn what_differs_from_run_to_run_is_masked_and_nothing_else() {
    let hash = "0c6296b7565796a64917dff18de37e3d28a9a8bda27eadf8e780cdb176aa2183";
    let mask = |text: &str| masked(text, 5001..5031);
    assert_eq!(mask(&format!("\"{hash}\" b6ad83c85ea94bb29d432e72e0d30cbd aad4a46b...")), "\"HASH\" NODE HASH...");
    assert_eq!(mask("at 2026-11-23 05:36:41.332546, 06:26:56  2026-11-25T06:26:54.47Z"), "at TIME, TIME  TIME");
    assert_eq!(mask("127.0.0.1:5002 15002 50021 5031"), "127.0.0.1:PORT2 15002 50021 5031");
    assert_eq!(mask("533 tries in 0.2 ms; 45293 tries in 12 ms"), "533 tries in N ms; 45293 tries in N ms");
    assert_eq!(mask("Zoë pays 10, proof 533"), "Zoë pays 10, proof 533");
}

#[test]
fn a_pattern_may_leave_something_out() {
    assert!(fits("a\nb\n", "a\nb\n") && !fits("a\nb\n", "a\n") && !fits("a\n", "a\nb\n"));
    assert!(fits("a\nb\nc\n", "a\n...\nc\n") && fits("a\nc\n", "a\n...\nc\n") && !fits("a\nb\n", "a\n...\nc\n"));
    assert!(fits("a 1, 2 b\n", "a ... b\n") && !fits("a 1, 2 c\n", "a ... b\n"));
}
