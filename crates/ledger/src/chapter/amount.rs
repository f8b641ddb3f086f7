//! Exact decimal arithmetic for amounts. The rules never add amounts up; accounts do.

use bigdecimal::BigDecimal;

use super::{scalar::Scalar, transaction::Transaction};

/// The largest power of ten that an amount may carry, up or down: a little beyond what a 64-bit float holds.
const MAX_EXPONENT: u32 = 400;

/// A sum of amounts; never rounded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sum(BigDecimal);

impl Sum {
    /// The value of an amount: of a number its canonical text, of a text the JSON number it holds, digit by digit. `None` for
    /// everything else, and for numbers of more than 4,300 characters or beyond 10^±400.
    pub fn of(amount: &Scalar) -> Option<Self> {
        match amount {
            Scalar::Number(number) => Self::parse(number.as_str()),
            Scalar::Text(text) => Self::parse(text),
            Scalar::Null | Scalar::Bool(_) => None,
        }
    }

    /// Reads a number in JSON's grammar (RFC 8259, section 6), which is also how [`Sum`] shows itself.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > Transaction::MAX_AMOUNT {
            return None;
        }
        Self::read(text)
    }

    /// As [`Sum::parse`], for a sum that was shown: adding up may have made it longer than an amount may be.
    pub fn read(text: &str) -> Option<Self> {
        let (mantissa, exponent) = text.split_once(['e', 'E']).map_or((text, None), |(m, e)| (m, Some(e)));
        let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(w, f)| (w, Some(f)));
        let whole = whole.strip_prefix('-').unwrap_or(whole);
        let is_digits = |digits: &str| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        let is_exponent = |exponent: &str| {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            is_digits(digits) && digits.parse::<u32>().is_ok_and(|power| power <= MAX_EXPONENT)
        };
        let is_number = is_digits(whole)
            && (whole == "0" || !whole.starts_with('0'))
            && fraction.is_none_or(is_digits)
            && exponent.is_none_or(is_exponent);
        if is_number { text.parse().ok().map(Self) } else { None }
    }

    /// Adds an amount.
    pub fn add(&mut self, amount: &Self) {
        self.0 += &amount.0;
    }

    /// Takes an amount away.
    pub fn subtract(&mut self, amount: &Self) {
        self.0 -= &amount.0;
    }

    /// What is left of this sum without `other`.
    pub fn less(&self, other: &Self) -> Self {
        Self(&self.0 - &other.0)
    }
}

/// Plain notation: no exponent, no zeros at the end of a fraction.
impl std::fmt::Display for Sum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.normalized().to_plain_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<String> {
        Sum::parse(text).map(|sum| sum.to_string())
    }

    #[test]
    fn amounts_are_read_exactly_and_shown_plainly() {
        for (text, expected) in [
            ("0", "0"),
            ("-0.0", "0"),
            ("12.50", "12.5"),
            ("100", "100"),
            ("1e2", "100"),
            ("1E+2", "100"),
            ("1e-05", "0.00001"),
            ("-3.10e1", "-31"),
            ("0.1", "0.1"),
            ("123456789012345678901234567890.5", "123456789012345678901234567890.5"),
        ] {
            assert_eq!(shown(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(shown("1e308").map(|text| text.len()), Some(309));
        let longest = "9".repeat(4_300);
        assert_eq!(shown(&longest), Some(longest));
    }

    #[test]
    fn what_is_no_number_or_out_of_bounds_is_not_counted() {
        let too_long = "9".repeat(4_301);
        for text in [
            "",
            "ten",
            "01",
            "+1",
            ".5",
            "1.",
            "1e",
            "1e401",
            "1e-401",
            "1e99999999999",
            "NaN",
            "0x1",
            " 1",
            "1_0",
            &too_long,
        ] {
            assert_eq!(shown(text), None, "{text}");
        }
        assert_eq!(Sum::of(&Scalar::Bool(true)), None);
        assert_eq!(Sum::of(&Scalar::Null), None);
    }

    #[test]
    fn sums_are_exact() {
        let mut sum = Sum::default();
        for _ in 0..10 {
            sum.add(&Sum::parse("0.1").unwrap());
        }
        assert_eq!(sum.to_string(), "1");
        sum.add(&Sum::parse("1e308").unwrap());
        sum.add(&Sum::parse("1e-320").unwrap());
        sum.subtract(&Sum::parse("1e308").unwrap());
        sum.subtract(&Sum::parse("1").unwrap());
        assert_eq!(sum, Sum::parse("1e-320").unwrap());
        assert_eq!(Sum::read(&sum.to_string()), Some(sum));
    }
}
