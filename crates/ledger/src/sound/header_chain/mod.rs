//! When a header is right (docs/sound-rules.md section 4), and the types that show that it is.

mod error;
mod times;

pub use self::error::HeaderError;
use self::times::Times;
use super::{
    difficulty::{RETARGET_BLOCKS, classroom, retarget},
    header::Header,
    height::Height,
    profile::{Profile, TimeRule},
    target::{BadTarget, CompactTarget, Target},
};
use crate::{hash::BlockHash, tip::Tip};

/// What the next header is judged against: what counts of all the headers before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeaderChain {
    tip: Tip,
    target: Target,
    times: Times,
    /// Time of the latest block with a height divisible by [`RETARGET_BLOCKS`].
    period_start: u32,
}

/// A header that has passed the rules at its position in a chain. Only [`HeaderChain::check`] makes one, and
/// [`CheckedHeader::restore`] of what that one made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckedHeader {
    header: Header,
    tip: Tip,
    target: Target,
}

impl HeaderChain {
    /// Judges a header as the successor of `chain`; without any, as that of a genesis block.
    ///
    /// `now` is the time that the clock shows: Unix time in seconds. [`u32::MAX`] lets every time pass that is not too low, for
    /// headers that were judged by the clock before.
    ///
    /// # Errors
    /// The first rule that it breaks, in the order previous, bits, work, time.
    pub fn check(
        profile: Profile,
        chain: Option<&Self>,
        header: &Header,
        now: u32,
    ) -> Result<CheckedHeader, HeaderError> {
        let previous = chain.map_or(BlockHash::ZERO, |chain| chain.tip.hash);
        if header.previous != previous {
            return Err(HeaderError::Previous { expected: previous, found: header.previous });
        }
        let height = chain.map_or(Some(Height::GENESIS), Self::next_height).ok_or(HeaderError::LastHeight)?;
        let expected = chain.map_or(profile.genesis_bits(), |chain| chain.next_bits(profile));
        // The bits that belong here stand for a target.
        let (Ok(target), true) = (header.bits.decode(), header.bits == expected) else {
            return Err(HeaderError::Bits { expected, found: header.bits });
        };
        let hash = header.hash();
        if !target.is_met_by(hash) {
            return Err(HeaderError::Work { hash, target });
        }
        if let Some(chain) = chain {
            chain.check_time(profile, header.time)?;
        }
        let latest = now.saturating_add(profile.max_seconds_ahead());
        if header.time > latest {
            return Err(HeaderError::Early { latest, found: header.time });
        }
        let before = chain.map(|chain| chain.tip.work).unwrap_or_default();
        let tip = Tip { height: height.index(), hash, work: before.saturating_add(target.work()) };
        Ok(CheckedHeader { header: *header, tip, target })
    }

    /// What the successor of `header` is judged against, when `header` follows `chain`; without any, when it is that of a
    /// genesis block.
    ///
    /// A chain that was checked before may be taken up in its middle: the first header comes without any then. B-Coin's own
    /// profiles look at the last two times only, so that two headers are enough; Bitcoin's rules need all headers from the
    /// genesis block on.
    pub fn extend(chain: Option<&Self>, header: &CheckedHeader) -> Self {
        let CheckedHeader { header: Header { time, .. }, tip, target } = *header;
        let times = chain.map_or_else(|| Times::first(time), |chain| chain.times.with(time));
        let period_start = match chain {
            Some(chain) if !chain.tip.height.is_multiple_of(RETARGET_BLOCKS) => chain.period_start,
            _ => time,
        };
        Self { tip, target, times, period_start }
    }

    /// The target of the last header.
    pub fn target(&self) -> Target {
        self.target
    }

    /// The end of the chain.
    pub fn tip(&self) -> Tip {
        self.tip
    }

    /// The height of the next block; `None` after the last one that can be.
    pub fn next_height(&self) -> Option<Height> {
        // The tip counts from 1.
        u32::try_from(self.tip.height).ok().map(Height::new)
    }

    /// The bits of the next block.
    pub fn next_bits(&self, profile: Profile) -> CompactTarget {
        match profile {
            Profile::Classroom => match self.times.last_interval() {
                Some(seconds) => classroom(self.target, seconds),
                None => profile.genesis_bits(),
            },
            Profile::Instant => profile.genesis_bits(),
            Profile::Bitcoin if self.tip.height.is_multiple_of(RETARGET_BLOCKS) => {
                retarget(self.target, self.period_start, self.times.last(), profile.limit())
            }
            // Required bits are the compact form of their own target.
            Profile::Bitcoin => self.target.to_compact(),
        }
    }

    /// The lowest time that the next block may carry: Unix time in seconds.
    pub fn earliest_time(&self, profile: Profile) -> u32 {
        match profile.time_rule() {
            TimeRule::AtLeastParent => self.times.last(),
            TimeRule::AboveMedian => self.times.median().saturating_add(1),
        }
    }

    /// Whether a time is not too low.
    fn check_time(&self, profile: Profile, found: u32) -> Result<(), HeaderError> {
        match profile.time_rule() {
            TimeRule::AtLeastParent => {
                let parent = self.times.last();
                if found < parent { Err(HeaderError::BelowParent { parent, found }) } else { Ok(()) }
            }
            TimeRule::AboveMedian => {
                let median = self.times.median();
                if found <= median { Err(HeaderError::NotAboveMedian { median, found }) } else { Ok(()) }
            }
        }
    }
}

impl AsRef<Tip> for HeaderChain {
    fn as_ref(&self) -> &Tip {
        &self.tip
    }
}

impl AsRef<Tip> for CheckedHeader {
    fn as_ref(&self) -> &Tip {
        &self.tip
    }
}

impl CheckedHeader {
    /// A header that passed before it was written down, at the end of the chain `tip`. It is not judged again.
    ///
    /// # Errors
    /// When its bits stand for no target: it is not the one that was written.
    pub fn restore(tip: Tip, header: Header) -> Result<Self, BadTarget> {
        Ok(Self { header, tip, target: header.bits.decode()? })
    }

    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The end of the chain whose last header this is.
    pub fn tip(&self) -> Tip {
        self.tip
    }

    /// The position of its block.
    pub fn height(&self) -> Height {
        // A checked header has a height.
        Height::from_index(self.tip.height).unwrap_or(Height::GENESIS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::single_blocks::Invalidity;
    use crate::{sound::hash::MerkleRoot, tip::Work};

    const NOW: u32 = 1_795_305_600;
    const OLD: u32 = NOW - 1000;

    /// A header after `chain` that is right, with this time.
    fn mined(profile: Profile, chain: Option<&HeaderChain>, time: u32) -> Header {
        let bits = chain.map_or(profile.genesis_bits(), |chain| chain.next_bits(profile));
        solved(Header {
            version: Header::VERSION,
            previous: chain.map_or(BlockHash::ZERO, |chain| chain.tip.hash),
            merkle_root: MerkleRoot::from_hashed([7; 32]),
            time,
            bits,
            nonce: 0,
        })
    }

    /// With the first nonce that meets the bits.
    fn solved(header: Header) -> Header {
        let target = header.bits.decode().unwrap();
        (0..).map(|nonce| Header { nonce, ..header }).find(|header| target.is_met_by(header.hash())).unwrap()
    }

    fn instant(times: &[u32]) -> HeaderChain {
        let mut chain = None;
        for &time in times {
            let header = mined(Profile::Instant, chain.as_ref(), time);
            let checked = HeaderChain::check(Profile::Instant, chain.as_ref(), &header, u32::MAX).unwrap();
            chain = Some(HeaderChain::extend(chain.as_ref(), &checked));
        }
        chain.unwrap()
    }

    fn refusal(chain: Option<&HeaderChain>, header: Header) -> HeaderError {
        HeaderChain::check(Profile::Instant, chain, &header, NOW).unwrap_err()
    }

    #[test]
    fn a_right_header_tells_its_position_and_work() {
        let chain = instant(&[OLD, OLD]);
        let header = mined(Profile::Instant, Some(&chain), OLD);
        let checked = HeaderChain::check(Profile::Instant, Some(&chain), &header, NOW).unwrap();
        assert_eq!((checked.header(), checked.height()), (&header, Height::new(2)));
        assert_eq!(checked.tip(), Tip { height: 3, hash: header.hash(), work: Work::from(6) });
        assert_eq!(checked.as_ref(), &checked.tip());
        let longer = HeaderChain::extend(Some(&chain), &checked);
        assert_eq!((longer.tip(), longer.next_height()), (checked.tip(), Some(Height::new(3))));
        assert_eq!(longer.as_ref(), &longer.tip());
    }

    #[test]
    fn each_broken_rule_has_its_error() {
        let chain = instant(&[OLD, OLD + 20]);
        let right = mined(Profile::Instant, Some(&chain), OLD + 20);
        let judge = |header| refusal(Some(&chain), header);
        let cases = [
            (
                judge(Header { previous: BlockHash::ZERO, ..right }),
                HeaderError::Previous { expected: chain.tip.hash, found: BlockHash::ZERO },
                "previous",
                Invalidity::MissingParent,
            ),
            (
                judge(Header { bits: CompactTarget::from_consensus(0x2100_ffff), ..right }),
                HeaderError::Bits { expected: right.bits, found: CompactTarget::from_consensus(0x2100_ffff) },
                "bits",
                Invalidity::Permanent,
            ),
            (
                judge(solved(Header { time: OLD + 19, ..right })),
                HeaderError::BelowParent { parent: OLD + 20, found: OLD + 19 },
                "time",
                Invalidity::Permanent,
            ),
            (
                judge(solved(Header { time: NOW + 61, ..right })),
                HeaderError::Early { latest: NOW + 60, found: NOW + 61 },
                "time",
                Invalidity::Early,
            ),
        ];
        for (found, expected, why, invalidity) in cases {
            assert_eq!((found, found.why(), found.invalidity()), (expected, why, invalidity));
        }
        let HeaderError::Work { hash, target } = judge(unsolved(right)) else { panic!("the work is not done") };
        assert!(!target.is_met_by(hash));
        assert!(HeaderChain::check(Profile::Instant, Some(&chain), &right, NOW).is_ok());
        let at_the_limit = solved(Header { time: NOW + 60, ..right });
        assert!(HeaderChain::check(Profile::Instant, Some(&chain), &at_the_limit, NOW).is_ok());
    }

    /// With the first nonce that does not meet the bits.
    fn unsolved(header: Header) -> Header {
        let target = header.bits.decode().unwrap();
        (0..).map(|nonce| Header { nonce, ..header }).find(|header| !target.is_met_by(header.hash())).unwrap()
    }

    #[test]
    fn rules_are_judged_in_their_order() {
        let chain = instant(&[OLD, OLD + 20]);
        let mut header = unsolved(mined(Profile::Instant, Some(&chain), OLD));
        assert_eq!(refusal(Some(&chain), header).why(), "work");
        header.bits = CompactTarget::from_consensus(0);
        assert_eq!(refusal(Some(&chain), header).why(), "bits");
        header.previous = BlockHash::ZERO;
        assert_eq!(refusal(Some(&chain), header).why(), "previous");
    }

    #[test]
    fn a_genesis_block_follows_nothing_and_is_judged_like_any_other_but_for_low_times() {
        let first = mined(Profile::Instant, None, 0);
        assert!(HeaderChain::check(Profile::Instant, None, &first, NOW).is_ok());
        let found = BlockHash::sha256("other");
        let other = Header { previous: found, ..first };
        assert_eq!(refusal(None, other), HeaderError::Previous { expected: BlockHash::ZERO, found });
        assert_eq!(refusal(None, unsolved(first)).why(), "work");
        assert_eq!(HeaderChain::check(Profile::Classroom, None, &first, NOW).unwrap_err().why(), "bits");
        let early = solved(Header { time: NOW + 61, ..first });
        assert_eq!(refusal(None, early).invalidity(), Invalidity::Early);
    }

    #[test]
    fn the_largest_clock_lets_every_late_time_pass() {
        let chain = instant(&[OLD, u32::MAX]);
        assert_eq!(chain.earliest_time(Profile::Instant), u32::MAX);
        assert_eq!(chain.earliest_time(Profile::Bitcoin), u32::MAX);
        let no_later_time = HeaderError::NotAboveMedian { median: u32::MAX, found: u32::MAX };
        assert_eq!(chain.check_time(Profile::Bitcoin, u32::MAX), Err(no_later_time));
    }

    #[test]
    fn a_chain_taken_up_in_its_middle_requires_the_same_bits() {
        let mut chain = instant(&[NOW, NOW]);
        let mut tail: Option<HeaderChain> = None;
        for step in 2..20 {
            let header = mined(Profile::Instant, Some(&chain), NOW + step * step);
            let checked = HeaderChain::check(Profile::Instant, Some(&chain), &header, u32::MAX).unwrap();
            let restored = CheckedHeader::restore(checked.tip(), header).unwrap();
            assert_eq!(restored, checked);
            chain = HeaderChain::extend(Some(&chain), &checked);
            tail = Some(HeaderChain::extend(tail.as_ref(), &restored));
            if step > 2 {
                for profile in [Profile::Classroom, Profile::Instant] {
                    let tail = tail.unwrap();
                    assert_eq!(tail.next_bits(profile), chain.next_bits(profile));
                    assert_eq!(tail.earliest_time(profile), chain.earliest_time(profile));
                    assert_eq!(tail.tip(), chain.tip());
                }
            }
        }
        let broken = Header { bits: CompactTarget::from_consensus(0), ..mined(Profile::Instant, None, 0) };
        assert_eq!(CheckedHeader::restore(chain.tip(), broken), Err(BadTarget::Zero));
    }

    /// Headers as if they had been checked: the first period takes two weeks, the second one half of that.
    #[test]
    fn each_period_of_bitcoin_is_measured_from_its_own_first_block() {
        let bits = CompactTarget::from_consensus(0x1b04_04cb);
        let first = Header { bits, ..mined(Profile::Instant, None, 0) };
        let mut chain: Option<HeaderChain> = None;
        let mut next = vec![];
        for height in 0..2 * RETARGET_BLOCKS {
            let in_period = height % RETARGET_BLOCKS;
            let time = match height / RETARGET_BLOCKS {
                0 => in_period * 1_209_600 / 2015,
                _ => 1_209_600 + 600 + in_period * 604_800 / 2015,
            };
            let tip = Tip { height: height + 1, hash: BlockHash::ZERO, work: Work::default() };
            let header = CheckedHeader::restore(tip, Header { time: time as u32, ..first }).unwrap();
            let extended = HeaderChain::extend(chain.as_ref(), &header);
            next.push(extended.next_bits(Profile::Bitcoin));
            chain = Some(extended);
        }
        let (last, before) = next.split_last().unwrap();
        assert!(before.iter().all(|&next| next == bits));
        assert_eq!(last.to_string(), "1b020265");
    }

    #[test]
    fn no_block_follows_the_last_height() {
        let first = mined(Profile::Instant, None, 0);
        let tip = Tip { height: 1 << 32, hash: first.hash(), work: Work::from(1) };
        let last = CheckedHeader::restore(tip, first).unwrap();
        assert_eq!(last.height(), Height::new(u32::MAX));
        let chain = HeaderChain::extend(None, &last);
        assert_eq!(refusal(Some(&chain), mined(Profile::Instant, Some(&chain), 0)), HeaderError::LastHeight);
    }
}
