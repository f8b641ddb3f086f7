//! How deep a JSON text is nested.

/// How many lists and objects of a JSON text may lie within each other: as many as CPython 3.11 reads in a Flask handler of the
/// listing. With one more, its reader raises `RecursionError`, as Python's own frames already use up a part of its limit of 1000.
/// `tests/it/flask.rs` compares.
pub const MAX_NESTING: usize = 976;

/// How many lists and objects lie within each other where a JSON text is deepest. Of bytes that are no JSON, any number.
pub fn nesting(json: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0_usize);
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => skip_string(&mut bytes),
            _ => {}
        }
    }
    deepest
}

/// Goes on behind the quotation mark that ends a string.
fn skip_string<'a>(bytes: &mut impl Iterator<Item = &'a u8>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return,
            // An escaped quotation mark ends nothing.
            b'\\' => _ = bytes.next(),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_objects_are_counted_where_they_are_deepest() {
        for (json, depth) in [
            ("", 0),
            ("1", 0),
            ("{}", 1),
            ("[]", 1),
            ("[[], [], {}]", 2),
            (r#"{"a": [1, {"b": []}], "c": [[]]}"#, 4),
            ("]]][[", 2),
        ] {
            assert_eq!(nesting(json.as_bytes()), depth, "{json}");
        }
        for depth in [1, MAX_NESTING, 1 << 20] {
            assert_eq!(nesting("[".repeat(depth).as_bytes()), depth);
        }
    }

    #[test]
    fn what_stands_in_a_string_is_not_counted() {
        for json in [r#""[[[""#, r#"["[\"[[", "\\"]"#, r#"{"]}[[": "\\\"[["}"#, r#"["\u005b[[","#, r#"["[["#, r#"["\"#]
        {
            assert!(nesting(json.as_bytes()) <= 1, "{json}");
        }
        assert_eq!(nesting(br#"["\\", [[]]]"#), 3, "a string ends behind an escaped backslash");
    }
}
