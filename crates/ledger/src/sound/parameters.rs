//! The parameters of a network, which the note of its genesis block holds: `PROFILE/SUBSIDY/HALVING/NAME`.

use std::fmt;

use thiserror::Error;

use super::{
    amount::{Amount, COIN},
    height::Height,
    profile::Profile,
};

/// The most coins that the rewards of the first halving interval may add up to: with all halvings, that is 21 million.
const MAX_FIRST_INTERVAL: u64 = 10_500_000;
/// How many digits a number in the note has at most.
const MAX_DIGITS: usize = 8;
/// How many halvings a reward can have: then all bits of it are gone.
const MAX_HALVINGS: u32 = 64;

/// What tells networks of the sound rules apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameters {
    profile: Profile,
    subsidy: u32,
    halving: u32,
    name: String,
}

/// Why a network cannot have these parameters.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ParameterError {
    /// The text does not have four parts.
    #[error("a genesis block's note has to be PROFILE/SUBSIDY/HALVING/NAME, such as classroom/50000/210/B-Coin")]
    Form,
    /// There is no such profile for blocks with transactions.
    #[error("the profile of a network is classroom or instant")]
    Profile,
    /// A number is not written as it has to be.
    #[error("subsidy and halving are numbers from 1 to 99999999 without leading zeros")]
    Number,
    /// There would be more money than there may be.
    #[error("subsidy times halving is at most 10500000, so that there are never more than 21 million coins")]
    TooMuchMoney,
    /// The name is empty, too long, or not plain text.
    #[error("the name of a network has 1 to {} bytes of UTF-8 and no control characters", Parameters::MAX_NAME_BYTES)]
    Name,
}

impl Parameters {
    /// How many bytes of UTF-8 a name has at most.
    pub const MAX_NAME_BYTES: usize = 40;
    /// What a block of a room pays at first, in coins.
    pub const ROOM_SUBSIDY: u32 = 50_000;
    /// After how many blocks the reward of a room halves: a lesson's 35 minutes.
    pub const ROOM_HALVING: u32 = 210;

    /// Those of a room: 50,000 coins for a block at first, half of that after 210 blocks.
    ///
    /// # Errors
    /// When the name or the profile is none for a network.
    pub fn room(profile: Profile, name: &str) -> Result<Self, ParameterError> {
        Self::new(profile, Self::ROOM_SUBSIDY, Self::ROOM_HALVING, name)
    }

    fn new(profile: Profile, subsidy: u32, halving: u32, name: &str) -> Result<Self, ParameterError> {
        if profile == Profile::Bitcoin {
            return Err(ParameterError::Profile);
        }
        if u64::from(subsidy) * u64::from(halving) > MAX_FIRST_INTERVAL {
            return Err(ParameterError::TooMuchMoney);
        }
        let is_plain = !name.is_empty() && name.len() <= Self::MAX_NAME_BYTES && !name.chars().any(char::is_control);
        if !is_plain {
            return Err(ParameterError::Name);
        }
        Ok(Self { profile, subsidy, halving, name: name.into() })
    }

    /// Reads the note of a genesis block.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_note(note: &[u8]) -> Result<Self, ParameterError> {
        let mut parts = note.splitn(4, |byte| *byte == b'/');
        let mut part = || parts.next().ok_or(ParameterError::Form);
        let [profile, subsidy, halving, name] = [part()?, part()?, part()?, part()?];
        let profile = match profile {
            b"classroom" => Profile::Classroom,
            b"instant" => Profile::Instant,
            _ => return Err(ParameterError::Profile),
        };
        let name = str::from_utf8(name).map_err(|_| ParameterError::Name)?;
        Self::new(profile, number(subsidy)?, number(halving)?, name)
    }

    /// The note of the genesis block.
    pub fn note(&self) -> String {
        let Self { profile, subsidy, halving, name } = self;
        format!("{profile}/{subsidy}/{halving}/{name}")
    }

    /// The rule of difficulty.
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// The name, which a room has in common.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// After how many blocks the reward halves.
    pub fn halving(&self) -> u32 {
        self.halving
    }

    /// What a block at this height pays its miner beside the fees. The genesis block pays nothing.
    pub fn subsidy(&self, height: Height) -> Amount {
        let halvings = height.to_u32().checked_sub(1).map(|before| before / self.halving);
        match halvings {
            // At most 10,500,000 coins, as the parameters were judged.
            Some(halvings @ 0..MAX_HALVINGS) => {
                Amount::from_units((u64::from(self.subsidy) * COIN) >> halvings).unwrap_or_default()
            }
            _ => Amount::ZERO,
        }
    }
}

/// A decimal number `[1-9][0-9]{0,7}`.
fn number(digits: &[u8]) -> Result<u32, ParameterError> {
    let is_plain = digits.len() <= MAX_DIGITS && digits.iter().all(u8::is_ascii_digit) && !digits.starts_with(b"0");
    let number = str::from_utf8(digits).ok().filter(|_| is_plain).and_then(|digits| digits.parse().ok());
    number.ok_or(ParameterError::Number)
}

/// The note of the genesis block.
impl fmt::Display for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.note())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_as_it_is_written() {
        for note in ["classroom/50000/210/B-Coin", "instant/1/10500000/a/b / c", "instant/10500000/1/三年二班"] {
            let read = Parameters::from_note(note.as_bytes()).unwrap();
            assert_eq!(read.note(), note);
        }
        for (note, error) in [
            ("classroom/50000/210", ParameterError::Form),
            ("", ParameterError::Form),
            ("bitcoin/50/210000/a", ParameterError::Profile),
            ("Classroom/1/1/a", ParameterError::Profile),
            ("classroom/0/1/a", ParameterError::Number),
            ("classroom/01/1/a", ParameterError::Number),
            ("classroom/+1/1/a", ParameterError::Number),
            ("classroom/1 /1/a", ParameterError::Number),
            ("classroom//1/a", ParameterError::Number),
            ("classroom/1/100000000/a", ParameterError::Number),
            ("classroom/10500001/1/a", ParameterError::TooMuchMoney),
            ("classroom/99999999/99999999/a", ParameterError::TooMuchMoney),
            ("classroom/1/1/", ParameterError::Name),
            ("classroom/1/1/a\nb", ParameterError::Name),
            ("classroom/1/1/\u{85}", ParameterError::Name),
        ] {
            assert_eq!(Parameters::from_note(note.as_bytes()), Err(error), "{note}");
        }
        let longest = format!("classroom/1/1/{}", "é".repeat(20));
        assert!(Parameters::from_note(longest.as_bytes()).is_ok());
        assert_eq!(Parameters::from_note(format!("{longest}a").as_bytes()), Err(ParameterError::Name));
        assert_eq!(Parameters::from_note(b"classroom/1/1/\xff"), Err(ParameterError::Name));
    }

    #[test]
    fn all_rewards_together_are_at_most_21_million_coins() {
        for (subsidy, halving) in [(50_000, 210), (10_500_000, 1), (1, 10_500_000), (3, 3_333_333)] {
            let parameters = Parameters::new(Profile::Instant, subsidy, halving, "a").unwrap();
            let per_halving = (0..70).map(|halvings| Height::new(halvings * halving + 1));
            let total: u64 = per_halving.map(|height| parameters.subsidy(height).units() * u64::from(halving)).sum();
            assert!(total <= 21_000_000 * COIN, "{total}");
            assert_eq!(parameters.subsidy(Height::GENESIS), Amount::ZERO);
        }
    }

    #[test]
    fn a_reward_is_halved_until_nothing_is_left() {
        let parameters = Parameters::new(Profile::Instant, 10_500_000, 1, "a").unwrap();
        let first = 10_500_000 * COIN;
        for (height, units) in [
            (0, 0),
            (1, first),
            (2, first / 2),
            (50, first >> 49),
            (51, 0),
            (64, 0),
            // A shift by 64 bits would shift by none.
            (65, 0),
            (66, 0),
            (u32::MAX, 0),
        ] {
            assert_eq!(parameters.subsidy(Height::new(height)).units(), units, "height {height}");
        }
        assert_eq!(first >> 49, 1);
        let slow = Parameters::new(Profile::Instant, 1, 10_500_000, "a").unwrap();
        for (height, units) in [(1, COIN), (10_500_000, COIN), (10_500_001, COIN / 2), (u32::MAX, 0)] {
            assert_eq!(slow.subsidy(Height::new(height)).units(), units, "height {height}");
        }
    }

    #[test]
    fn a_room_has_the_parameters_that_its_name_says() {
        let room = Parameters::room(Profile::Classroom, "B-Coin").unwrap();
        assert_eq!(room.to_string(), "classroom/50000/210/B-Coin");
        assert_eq!((room.profile(), room.name(), room.halving()), (Profile::Classroom, "B-Coin", 210));
        assert_eq!(Parameters::from_note(room.note().as_bytes()), Ok(room));
        assert_eq!(Parameters::room(Profile::Bitcoin, "a"), Err(ParameterError::Profile));
        assert_eq!(Parameters::room(Profile::Instant, ""), Err(ParameterError::Name));
        assert_eq!(Parameters::room(Profile::Instant, &"a".repeat(41)), Err(ParameterError::Name));
    }

    #[test]
    fn each_error_says_what_is_right() {
        for (error, sentence) in [
            (
                ParameterError::Form,
                "a genesis block's note has to be PROFILE/SUBSIDY/HALVING/NAME, such as classroom/50000/210/B-Coin",
            ),
            (ParameterError::Profile, "the profile of a network is classroom or instant"),
            (ParameterError::Number, "subsidy and halving are numbers from 1 to 99999999 without leading zeros"),
            (
                ParameterError::TooMuchMoney,
                "subsidy times halving is at most 10500000, so that there are never more than 21 million coins",
            ),
            (ParameterError::Name, "the name of a network has 1 to 40 bytes of UTF-8 and no control characters"),
        ] {
            assert_eq!(error.to_string(), sentence);
        }
    }
}
