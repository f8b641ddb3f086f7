//! Targets, work and difficulty as docs/sound-rules.md section 4 and Bitcoin Core write them down, with numbers that are slow and
//! simple.

/// A number of 512 bits: its digits to the base 2^32, the most significant one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Plain([u32; 16]);

impl Plain {
    pub const ZERO: Self = Self([0; 16]);
    pub const ONE: Self = {
        let mut digits = [0; 16];
        digits[15] = 1;
        Self(digits)
    };

    pub fn from_be_bytes(bytes: &[u8; 32]) -> Self {
        bytes.iter().fold(Self::ZERO, |number, byte| number.times(1 << 8).plus(&Self::ONE.times(u32::from(*byte))))
    }

    /// As 32 bytes, the most significant one first.
    pub fn to_be_bytes(self) -> [u8; 32] {
        assert_eq!(self.0[..8], [0; 8], "more than 256 bits");
        std::array::from_fn(|at| self.0[8 + at / 4].to_be_bytes()[at % 4])
    }

    pub fn times(mut self, factor: u32) -> Self {
        let mut carry = 0;
        for digit in self.0.iter_mut().rev() {
            carry += u64::from(*digit) * u64::from(factor);
            *digit = carry as u32;
            carry >>= 32;
        }
        assert_eq!(carry, 0, "more than 512 bits");
        self
    }

    pub fn over(mut self, divisor: u32) -> Self {
        let mut rest = 0;
        for digit in &mut self.0 {
            rest = rest << 32 | u64::from(*digit);
            *digit = (rest / u64::from(divisor)) as u32;
            rest %= u64::from(divisor);
        }
        self
    }

    pub fn plus(mut self, other: &Self) -> Self {
        let mut carry = 0;
        for (digit, added) in self.0.iter_mut().zip(&other.0).rev() {
            carry += u64::from(*digit) + u64::from(*added);
            *digit = carry as u32;
            carry >>= 32;
        }
        self
    }

    fn minus(mut self, other: &Self) -> Self {
        let mut borrowed = 0;
        for (digit, taken) in self.0.iter_mut().zip(&other.0).rev() {
            let left = i64::from(*digit) - i64::from(*taken) - borrowed;
            *digit = left as u32;
            borrowed = i64::from(left < 0);
        }
        self
    }
}

/// The target that bits stand for, as Bitcoin Core's `SetCompact` reads them; `None` when they are negative, too large or zero.
pub fn target(bits: u32) -> Option<Plain> {
    let (size, word) = (bits >> 24, bits & 0x7f_ffff);
    let word = if size <= 3 { word >> (8 * (3 - size)) } else { word };
    let is_negative = bits & 0x80_0000 != 0;
    let overflows = size > 34 || (word > 0xff && size > 33) || (word > 0xffff && size > 32);
    if word == 0 || is_negative || overflows {
        return None;
    }
    Some((3..size).fold(Plain::ONE.times(word), |number, _| number.times(1 << 8)))
}

/// The bits for a target, as Bitcoin Core's `GetCompact` writes them.
pub fn compact(target: Plain) -> u32 {
    let bytes = target.to_be_bytes();
    let mut digits: Vec<u8> = bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
    if digits.first().is_some_and(|first| *first >= 0x80) {
        digits.insert(0, 0);
    }
    let size = digits.len() as u32;
    digits.resize(3.max(digits.len()), 0);
    size << 24 | u32::from_be_bytes([0, digits[0], digits[1], digits[2]])
}

/// floor(2^256 / (target + 1)), by long division with one bit after the other.
pub fn work(target: Plain) -> Plain {
    let divisor = target.plus(&Plain::ONE);
    let (mut quotient, mut rest) = (Plain::ZERO, Plain::ONE);
    for _ in 0..256 {
        (quotient, rest) = (quotient.times(2), rest.times(2));
        if rest >= divisor {
            (quotient, rest) = (quotient.plus(&Plain::ONE), rest.minus(&divisor));
        }
    }
    quotient
}

/// The next bits of a class, when the parent has the target `parent` and came `seconds` after its own parent.
pub fn classroom(parent: Plain, seconds: i64, limit: Plain) -> u32 {
    let exponent = (seconds.clamp(0, 300) - 10) * 65536 / 120;
    let mut whole = 0;
    let mut fraction = exponent;
    while fraction < 0 {
        (whole, fraction) = (whole - 1, fraction + 65536);
    }
    while fraction >= 65536 {
        (whole, fraction) = (whole + 1, fraction - 65536);
    }
    let f = fraction as u64;
    let factor = 65536 + ((195_766_423_245_049 * f + 971_821_376 * f * f + 5127 * f * f * f + (1 << 47)) >> 48);
    let mut next = parent.times(factor as u32);
    for _ in 0..whole {
        next = next.times(2);
    }
    for _ in whole..0 {
        next = next.over(2);
    }
    compact(next.over(65536).clamp(Plain::ONE, limit))
}

/// The next bits of Bitcoin after 2016 blocks.
pub fn retarget(parent: Plain, first: u32, last: u32, limit: Plain) -> u32 {
    let span = (i64::from(last) - i64::from(first)).clamp(302_400, 4_838_400);
    compact(parent.times(span as u32).over(1_209_600).clamp(Plain::ONE, limit))
}
