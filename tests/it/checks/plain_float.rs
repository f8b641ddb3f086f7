//! Floats as Python's `repr` prints them, by trial: slow, but each step is simple.

/// How many significant decimal digits the exact value of a 64-bit float can have.
const MAX_EXACT_DIGITS: usize = 767;

/// The text of a finite float: the fewest digits that read back as it, among these the nearest, on a tie the even one.
pub fn repr(value: f64) -> String {
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let value = value.abs();
    if value == 0.0 {
        return format!("{sign}0.0");
    }
    let (exact, exponent) = exact_digits(value);
    let (digits, exponent) = (1..=17)
        .find_map(|count| nearest_that_reads_back(value, &exact, exponent, count))
        .expect("17 digits are enough for every float");
    format!("{sign}{}", laid_out(&digits, exponent))
}

/// All digits of the value, and the power of ten of the first one. So many digits leave nothing to round.
fn exact_digits(value: f64) -> (Vec<u8>, i32) {
    let text = format!("{value:.*e}", MAX_EXACT_DIGITS - 1);
    let (mantissa, exponent) = text.split_once('e').expect("this format has an exponent");
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).map(|digit| digit - b'0').collect();
    (digits, exponent.parse().expect("the exponent is an integer"))
}

/// Of the two decimals with `count` digits next to the value, the one that reads back as it; when both do, the nearer one.
/// The nearer one alone is not enough: below a power of two the floats stand closer, so it may belong to the next float.
fn nearest_that_reads_back(value: f64, exact: &[u8], exponent: i32, count: usize) -> Option<(Vec<u8>, i32)> {
    let (kept, rest) = exact.split_at(count);
    let below = (kept.to_vec(), exponent);
    let above = next(kept, exponent);
    match (reads_back(value, &below), reads_back(value, &above)) {
        (true, true) if is_nearer_to_next(kept, rest) => Some(above),
        (true, _) => Some(below),
        (false, true) => Some(above),
        (false, false) => None,
    }
}

/// The next decimal with as many digits.
fn next(digits: &[u8], exponent: i32) -> (Vec<u8>, i32) {
    let mut digits = digits.to_vec();
    for digit in digits.iter_mut().rev() {
        if *digit < 9 {
            *digit += 1;
            return (digits, exponent);
        }
        *digit = 0;
    }
    // All were nines: 99 becomes 10, with a greater exponent.
    digits[0] = 1;
    (digits, exponent + 1)
}

fn reads_back(value: f64, (digits, exponent): &(Vec<u8>, i32)) -> bool {
    let digits: String = digits.iter().map(|digit| char::from(b'0' + digit)).collect();
    let last_exponent = exponent - (digits.len() as i32 - 1);
    format!("{digits}e{last_exponent}").parse() == Ok(value)
}

/// Whether the rest is more than half of the last kept digit; exactly half rounds to the even digit.
fn is_nearer_to_next(kept: &[u8], rest: &[u8]) -> bool {
    let (first, others) = rest.split_first().expect("at most 17 digits are kept");
    let exactly_half = *first == 5 && others.iter().all(|digit| *digit == 0);
    if exactly_half { kept.last().is_some_and(|digit| digit % 2 == 1) } else { *first >= 5 }
}

/// `1.5e-07` from 1e16 on and below 1e-4, `0.00015` and `150.0` between.
fn laid_out(digits: &[u8], exponent: i32) -> String {
    let mut text = String::new();
    let digit =
        |position: i32| char::from(b'0' + usize::try_from(position).ok().and_then(|at| digits.get(at)).unwrap_or(&0));
    let count = digits.len() as i32;
    if (-4..16).contains(&exponent) {
        // From the units, or from the first digit if its power is greater, to at least one digit after the point.
        for power in (-count.max(exponent + 2) + exponent + 1..=exponent.max(0)).rev() {
            text.push(digit(exponent - power));
            if power == 0 {
                text.push('.');
            }
        }
    } else {
        for position in 0..count {
            text.push(digit(position));
            if position == 0 && count > 1 {
                text.push('.');
            }
        }
        text.push('e');
        text.push(if exponent < 0 { '-' } else { '+' });
        if exponent.abs() < 10 {
            text.push('0');
        }
        text.push_str(&exponent.abs().to_string());
    }
    text
}
