//! JSON scalars, kept so that what is hashed is what was received: integers digit by digit, floats as CPython prints them.

use serde_json::value::RawValue;
use thiserror::Error;

use super::canonical;

/// A JSON value that is neither list nor object: what a field of a transaction may be (docs/contract.md section 3).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Scalar {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A finite number.
    Number(Number),
    /// A Unicode text.
    Text(String),
}

/// A finite JSON number in its canonical text: `-0` is `0`, `1E2` is `100.0`, integers keep all their digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Number(String);

/// Why a JSON value is no scalar that can be hashed.
#[derive(Debug, Error)]
pub enum ScalarError {
    /// A list or an object stands where a scalar belongs.
    #[error("a field is text, a number, true, false or null, not a list or an object")]
    Compound,
    /// The number is beyond what a 64-bit float can hold.
    #[error("a number is too large: it has to be finite")]
    NotFinite,
    /// The number is an integer with too many digits.
    #[error("an integer has at most {} digits: Python reads no longer ones", Number::MAX_DIGITS)]
    TooManyDigits,
    /// The text is not valid JSON.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
}

impl Scalar {
    /// Reads one scalar from a raw JSON value.
    ///
    /// # Errors
    /// When the value is a list or an object, a number that is not finite, or text with a lone surrogate.
    pub fn from_raw(raw: &RawValue) -> Result<Self, ScalarError> {
        let json = raw.get();
        Ok(match json.as_bytes().first() {
            Some(b'"') => Self::Text(serde_json::from_str(json)?),
            Some(b't') => Self::Bool(true),
            Some(b'f') => Self::Bool(false),
            Some(b'n') => Self::Null,
            Some(b'[' | b'{') => return Err(ScalarError::Compound),
            _ => Self::Number(Number::from_json(json)?),
        })
    }

    /// Refuses an integer that a node of the listing cannot read.
    pub(super) fn check_digits(&self) -> Result<(), ScalarError> {
        match self {
            Self::Number(number) if number.has_too_many_digits() => Err(ScalarError::TooManyDigits),
            _ => Ok(()),
        }
    }

    /// The canonical text.
    pub fn canonical(&self) -> String {
        let mut text = String::with_capacity(self.canonical_len());
        self.write_canonical(&mut text);
        text
    }

    pub(super) fn write_canonical(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(true) => out.push_str("true"),
            Self::Bool(false) => out.push_str("false"),
            Self::Number(number) => out.push_str(&number.0),
            Self::Text(text) => canonical::write_string(out, text),
        }
    }

    /// How many bytes [`Scalar::write_canonical`] writes.
    pub(super) fn canonical_len(&self) -> usize {
        match self {
            Self::Null | Self::Bool(true) => 4,
            Self::Bool(false) => 5,
            Self::Number(number) => number.0.len(),
            Self::Text(text) => canonical::string_len(text),
        }
    }
}

impl Number {
    /// The most digits that an integer may have: CPython converts no longer one (`sys.get_int_max_str_digits`), so a node of the
    /// listing could not read a chain that holds it.
    pub const MAX_DIGITS: usize = 4_300;

    /// Reads a number in JSON's grammar (RFC 8259, section 6).
    ///
    /// # Errors
    /// When `json` is no JSON number, or not finite as a 64-bit float.
    pub fn from_json(json: &str) -> Result<Self, ScalarError> {
        // Checks the grammar without converting, so that no digit is lost.
        let raw: &RawValue = serde_json::from_str(json)?;
        if raw.get().len() != json.len() || !json.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
            return Err(ScalarError::Json(serde::de::Error::custom("not a number")));
        }
        if !json.contains(['.', 'e', 'E']) {
            return Ok(Self(if json == "-0" { "0".into() } else { json.into() }));
        }
        match json.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Self(canonical::float_repr(value))),
            _ => Err(ScalarError::NotFinite),
        }
    }

    /// Whether the number is greater than 0.
    pub fn is_positive(&self) -> bool {
        !self.0.starts_with('-') && self.0 != "0" && self.0 != "0.0"
    }

    /// Whether the number is an integer with more than [`Number::MAX_DIGITS`] digits. Floats may have any number of them.
    pub fn has_too_many_digits(&self) -> bool {
        let digits = self.0.strip_prefix('-').unwrap_or(&self.0);
        // The canonical text of a float is much shorter.
        digits.len() > Self::MAX_DIGITS
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        Self(value.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(json: &str) -> Option<String> {
        Number::from_json(json).ok().map(|number| number.0)
    }

    #[test]
    fn numbers_keep_their_digits_and_take_their_canonical_form() {
        assert_eq!(number("-0").as_deref(), Some("0"));
        assert_eq!(number("-0.0").as_deref(), Some("-0.0"));
        assert_eq!(number("1E2").as_deref(), Some("100.0"));
        let long = "9".repeat(300);
        assert_eq!(number(&long), Some(long));
    }

    #[test]
    fn what_is_no_finite_json_number_is_refused() {
        for text in [
            "", " 1", "1 ", "01", "+1", ".5", "1.", "0x10", "1e", "NaN", "Infinity", "1e400", "-1e400", "\"1\"",
            "true", "[1]", "1 2",
        ] {
            assert!(Number::from_json(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn digits_are_counted_in_integers_alone_and_without_their_sign() {
        let ones = |count| "1".repeat(count);
        for (text, too_many) in [
            (ones(4_300), false),
            (format!("-{}", ones(4_300)), false),
            (ones(4_301), true),
            (format!("-{}", ones(4_301)), true),
            (format!("1.{}", ones(5_000)), false),
            (format!("1e{}1", "0".repeat(5_000)), false),
        ] {
            assert_eq!(Number::from_json(&text).unwrap().has_too_many_digits(), too_many, "{text:.10}");
        }
    }

    #[test]
    fn only_what_is_above_zero_is_positive() {
        for (text, positive) in [
            ("1", true),
            ("0.1", true),
            ("1e-5", true),
            ("0", false),
            ("-0", false),
            ("0.0", false),
            ("-0.0", false),
            ("1e-400", false),
            ("-5", false),
        ] {
            assert_eq!(Number::from_json(text).unwrap().is_positive(), positive, "{text}");
        }
    }
}
