//! The decimal text of `trial*trial - previous*previous` in its SHA-256 block, advanced instead of printed anew.
//!
//! The squares of a trial `n` and of the next but one differ by `4n + 4`. While only the last eight digits of a text
//! change, the rest of its block stays as it is.

use super::work::difference;

/// The longest text that is advanced: with its padding byte it fits the first four words of a block. Longer ones belong to
/// trials far beyond the proofs of the sequence.
const MAX_DIGITS: usize = 15;
/// How many digits at the end of a text are advanced.
const WINDOW: usize = 8;
/// What the number that they make stays below.
const WINDOW_END: i64 = 100_000_000;

/// The text of one trial, and how it changes from there to every second trial.
#[derive(Clone)]
pub(super) struct Text {
    /// The last digits as a number: eight of them, or all there are.
    window: i64,
    /// What the window is at least, while the text keeps its length and its other digits.
    least: i64,
    /// How many values it has from there on.
    values: u64,
    /// Added to the window at each step; it gets smaller in a negative number.
    step: i64,
    /// Added to `step` at each step.
    step_of_step: i64,
    /// Which bytes of the eight digits count.
    mask: u64,
    /// How far the window stands from the end of the first sixteen bytes, in bits.
    shift: u32,
    /// The first sixteen bytes of the block without the window, as a big-endian number.
    rest: u128,
    /// Length of the text in bits.
    bits: u32,
}

impl Text {
    /// Prints the text; `None` when it cannot be advanced.
    pub(super) fn print(previous: u64, trial: u64) -> Option<Self> {
        let number = difference(previous, trial);
        let mut decimal = itoa::Buffer::new();
        let text = decimal.format(number).as_bytes();
        let step = 4 * i128::from(trial) + 4;
        if text.len() > MAX_DIGITS || step >= i128::from(WINDOW_END) {
            return None;
        }
        let sign = if number < 0 { -1 } else { 1 };
        let digits = text.len() - usize::from(number < 0);
        let advanced = digits.min(WINDOW);
        let before = text.len() - advanced;

        let mut bytes = [0; 16];
        bytes[..before].copy_from_slice(&text[..before]);
        bytes[text.len()] = 0x80;
        let (least, end) = match digits {
            // All digits are in the window, and the first one stays at least 1: else the text would get shorter.
            2..=WINDOW => (10_i64.pow(digits as u32 - 1), 10_i64.pow(digits as u32)),
            1 => (0, 10),
            _ => (0, WINDOW_END),
        };
        Some(Self {
            window: (number.unsigned_abs() % WINDOW_END as u128) as i64,
            least,
            values: (end - least) as u64,
            step: sign * step as i64,
            step_of_step: sign * 8,
            mask: u64::MAX >> (8 * (WINDOW - advanced)),
            shift: 8 * (16 - text.len() as u32),
            rest: u128::from_be_bytes(bytes),
            bits: 8 * text.len() as u32,
        })
    }

    /// Whether the window still holds what the text says; otherwise it has to be printed anew.
    #[inline(always)]
    pub(super) fn fits(&self) -> bool {
        ((self.window - self.least) as u64) < self.values
    }

    /// Goes on to the trial after the next one.
    #[inline(always)]
    pub(super) fn advance(&mut self) {
        self.window += self.step;
        self.step += self.step_of_step;
    }

    /// The first sixteen bytes of the block, as a big-endian number. The bytes after them are zeros, up to the length.
    #[inline(always)]
    pub(super) fn first_bytes(&self) -> u128 {
        self.rest | (u128::from(eight_digits(self.window as u32) & self.mask) << self.shift)
    }

    /// The last word of the block: the length of the text in bits.
    #[inline(always)]
    pub(super) fn length_in_bits(&self) -> u32 {
        self.bits
    }
}

/// The eight decimal digits of a number below 10^8 in ASCII, the first one in the highest byte. Digits are parted by
/// multiplying with rounded reciprocals, two, then four, then eight of them side by side.
///
/// A larger number makes bytes of no meaning: a window that no longer fits is looked at before it is known.
#[inline(always)]
fn eight_digits(number: u32) -> u64 {
    let number = u64::from(number);
    let fours = ((number / 10_000) << 32) | (number % 10_000);
    let hundreds = (fours.wrapping_mul(10_486) >> 20) & 0x0000_007f_0000_007f;
    let twos = (hundreds << 16) | fours.wrapping_sub(100 * hundreds);
    let tens = (twos.wrapping_mul(103) >> 10) & 0x000f_000f_000f_000f;
    let ones = (tens << 8) | twos.wrapping_sub(10 * tens);
    ones.wrapping_add(0x3030_3030_3030_3030)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_digits_are_those_of_the_number() {
        for number in (0..100_000_000).step_by(9_973).chain([0, 9, 10, 99, 100, 9_999, 10_000, 99_999_999]) {
            assert_eq!(eight_digits(number).to_be_bytes(), format!("{number:08}").as_bytes(), "{number}");
        }
    }

    /// What the block should begin with.
    fn expected(previous: u64, trial: u64) -> (u128, u32) {
        let text = difference(previous, trial).to_string();
        let mut bytes = [0; 16];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        bytes[text.len()] = 0x80;
        (u128::from_be_bytes(bytes), 8 * text.len() as u32)
    }

    #[test]
    fn an_advanced_text_is_the_printed_one() {
        for (previous, first) in [
            (1, 1),
            (1, 2),
            (533, 1),
            (533, 500),
            (45_293, 1),
            (45_293, 45_000),
            (600_000, 1),
            (3, 9_999),
            (20_000_000, 19_000_000),
        ] {
            let mut text = Text::print(previous, first).unwrap();
            for trial in (first..first + 20_000).step_by(2) {
                if !text.fits() {
                    text = Text::print(previous, trial).unwrap();
                }
                assert_eq!(
                    (text.first_bytes(), text.length_in_bits()),
                    expected(previous, trial),
                    "{previous} {trial}"
                );
                text.advance();
            }
        }
    }

    #[test]
    fn texts_that_are_too_long_or_change_too_fast_are_not_advanced() {
        assert!(Text::print(1 << 62, 1).is_none());
        assert!(Text::print(1, 1 << 62).is_none());
        assert!(Text::print(1 << 62, 1 << 62).is_none());
    }
}
