//! The canonical text of JSON values: what CPython's `json.dumps(value, sort_keys=True)` writes (docs/contract.md section 3).

use std::fmt::Write as _;

/// What CPython puts between the items of a list and the members of an object.
pub const ITEM_SEPARATOR: &str = ", ";

/// `text` as a JSON string in its canonical form.
pub fn json_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    write_string(&mut out, text);
    out
}

/// Writes `text` as a JSON string: everything outside printable ASCII escaped, as CPython's `ensure_ascii` does.
pub(super) fn write_string(out: &mut String, text: &str) {
    out.push('"');
    let mut plain_from = 0;
    for (at, character) in text.char_indices() {
        if matches!(character, ' '..='~') && character != '"' && character != '\\' {
            continue;
        }
        out.push_str(&text[plain_from..at]);
        plain_from = at + character.len_utf8();
        write_escaped(out, character);
    }
    out.push_str(&text[plain_from..]);
    out.push('"');
}

/// How many bytes [`write_string`] writes.
pub(super) fn string_len(text: &str) -> usize {
    let escaped = |character| match character {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        ' '..='~' => 1,
        _ => 6 * character.len_utf16(),
    };
    2 + text.chars().map(escaped).sum::<usize>()
}

fn write_escaped(out: &mut String, character: char) {
    match character {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        _ => {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing into a String cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
}

/// The text of a finite float as Python's `repr` prints it: the shortest digits that read back as the same float,
/// with an exponent when the decimal point would stand more than 16 places right or 4 places left of them.
pub(super) fn float_repr(value: f64) -> String {
    let mut buffer = ryu::Buffer::new();
    let shortest = buffer.format_finite(value.abs());
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((shortest, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent: i32 = exponent.parse().unwrap_or(0);

    let all = format!("{whole}{fraction}");
    let leading_zeros = all.len() - all.trim_start_matches('0').len();
    let digits = all.trim_matches('0');

    let mut text = String::with_capacity(24);
    if value.is_sign_negative() {
        text.push('-');
    }
    if digits.is_empty() {
        text.push_str("0.0");
        return text;
    }
    // The value is 0.DIGITS times ten to the power of `point`.
    let point = whole.len() as i32 - leading_zeros as i32 + exponent;
    let count = digits.len() as i32;
    if !(-3..=16).contains(&point) {
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        let power = point - 1;
        let sign = if power < 0 { '-' } else { '+' };
        let _ = write!(text, "{first}{dot}{rest}e{sign}{:02}", power.abs());
    } else if point <= 0 {
        text.push_str("0.");
        text.extend((point..0).map(|_| '0'));
        text.push_str(digits);
    } else if point >= count {
        text.push_str(digits);
        text.extend((count..point).map(|_| '0'));
        text.push_str(".0");
    } else {
        let (whole, fraction) = digits.split_at(point as usize);
        let _ = write!(text, "{whole}.{fraction}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped_to_printable_ascii() {
        assert_eq!(json_string("a/b"), r#""a/b""#);
        assert_eq!(json_string("\"\\\n\r\t\u{8}\u{c}"), r#""\"\\\n\r\t\b\f""#);
        assert_eq!(json_string("\0\u{1f}\u{7f}"), r#""\u0000\u001f\u007f""#);
        assert_eq!(json_string("é漢😀!"), r#""\u00e9\u6f22\ud83d\ude00!""#);
    }

    #[test]
    fn the_length_is_known_before_writing() {
        for text in ["", "a/b", "\"\\\n\r\t\u{8}\u{c}", "\0\u{1f}\u{7f}", "é漢😀!"] {
            assert_eq!(string_len(text), json_string(text).len(), "{text:?}");
        }
    }

    #[test]
    fn floats_print_as_python_repr() {
        for (value, text) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (100.0, "100.0"),
            (1e16, "1e+16"),
            (9_999_999_999_999_998.0, "9999999999999998.0"),
            (0.0001, "0.0001"),
            (1e-5, "1e-05"),
            (-1.5e-7, "-1.5e-07"),
            (1.25, "1.25"),
            (0.5, "0.5"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
        ] {
            assert_eq!(float_repr(value), text);
        }
    }
}
