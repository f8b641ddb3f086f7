//! Sequences of headers under each profile.

use bcoin_ledger::{
    BlockHash, Tip, Work,
    sound::{
        CheckedHeader, CompactTarget, HEADER_BYTES, Header, HeaderChain, HeaderError, Height, MerkleRoot, Profile,
        Target,
    },
};

use super::{
    plain_encoding::double_sha256,
    plain_target::{self, Plain},
};

/// How many headers with the same target Bitcoin has.
const PERIOD: u64 = 2016;

/// The bytes are a profile, a clock, and headers, some of whose fields are made to fit. Each header is judged as a plain chain
/// says, and what comes next is asked for as it says. A header that lacks nothing but work is followed by others all the same, so
/// that the rules behind it are reached.
pub fn sound_headers(data: &[u8]) -> bool {
    let mut script = Script(data);
    let Some(script_profile) = script.byte() else { return false };
    let profile = [Profile::Classroom, Profile::Instant, Profile::Bitcoin][usize::from(script_profile % 3)];
    let Some(now) = script.number() else { return false };
    let mut chains = Chains::new(profile, now);
    if script_profile & 0x80 != 0 {
        let Some(()) = chains.begin_later(&mut script) else { return false };
    }
    let mut taken = false;
    while let Some(flags) = script.byte() {
        let Some(header) = script.header(flags, &chains.plain) else { break };
        taken |= chains.push(header, flags & JUMP != 0, flags & TO_THE_END != 0);
    }
    taken
}

/// All 80 bytes follow, and not only a time.
const WHOLE: u8 = 1;
/// The time counts from that of the parent.
const RELATIVE: u8 = 2;
/// The previous hash stays what it is.
const OWN_PREVIOUS: u8 = 4;
/// The bits stay what they are.
const OWN_BITS: u8 = 8;
/// The nonce stays what it is.
const OWN_NONCE: u8 = 16;
/// Blocks are left out after this one: up to the next change of bits of Bitcoin, or up to the last block that can be.
const JUMP: u8 = 32;
const TO_THE_END: u8 = 64;

struct Script<'a>(&'a [u8]);

impl Script<'_> {
    fn byte(&mut self) -> Option<u8> {
        self.0.split_off_first().copied()
    }

    fn number(&mut self) -> Option<u32> {
        self.0.split_off(..4).map(|bytes| u32::from_le_bytes(bytes.try_into().expect("four bytes")))
    }

    fn header(&mut self, flags: u8, plain: &PlainChain) -> Option<Header> {
        let mut header = if flags & WHOLE != 0 {
            let bytes = self.0.split_off(..HEADER_BYTES)?;
            Header::decode(bytes.try_into().expect("80 bytes"))
        } else {
            let (previous, merkle_root) = (BlockHash::ZERO, MerkleRoot::from_hashed([0; 32]));
            let bits = CompactTarget::from_consensus(0);
            Header { version: Header::VERSION, previous, merkle_root, time: self.number()?, bits, nonce: 0 }
        };
        if flags & RELATIVE != 0 {
            header.time = plain.blocks.last().map_or(0, |last| last.time).wrapping_add(header.time);
        }
        if flags & OWN_PREVIOUS == 0 {
            header.previous = plain.tip_hash();
        }
        let target = plain.next_bits();
        if flags & OWN_BITS == 0 {
            header.bits = CompactTarget::from_consensus(target);
        }
        if flags & OWN_NONCE == 0 && plain.profile == Profile::Instant {
            header.nonce =
                (0..64).find(|nonce| plain_hash(&Header { nonce: *nonce, ..header })[0] < 0x7f).unwrap_or_default();
        }
        Some(header)
    }
}

/// The hash of a header, the most significant byte first.
fn plain_hash(header: &Header) -> [u8; 32] {
    let mut hash = double_sha256(&header.encode());
    hash.reverse();
    hash
}

/// The chain of the rules beside the plain one.
struct Chains {
    now: u32,
    chain: Option<HeaderChain>,
    plain: PlainChain,
}

impl Chains {
    fn new(profile: Profile, now: u32) -> Self {
        Self { now, chain: None, plain: PlainChain { profile, blocks: Vec::new() } }
    }

    /// Begins with two blocks of any target, as if many stood before them.
    fn begin_later(&mut self, script: &mut Script<'_>) -> Option<()> {
        let (height, bits, first, second) = (script.number()?, script.number()?, script.number()?, script.number()?);
        // Bits that a chain asks for are the compact form of a target within the limit, and Bitcoin's rule has to know the time
        // of the first block of a period.
        let height = u64::from(height) / PERIOD * PERIOD;
        let target = plain_target::target(bits).filter(|target| *target <= self.plain.limit())?;
        if plain_target::compact(target) != bits || height == 0 {
            return None;
        }
        for (height, time) in [(height, first), (height + 1, second)] {
            let header = Header {
                version: Header::VERSION,
                previous: self.plain.tip_hash(),
                merkle_root: MerkleRoot::from_hashed([0; 32]),
                time,
                bits: CompactTarget::from_consensus(bits),
                nonce: 0,
            };
            self.extend(header, height);
        }
        Some(())
    }

    /// Whether the header passes, or lacks nothing but work.
    fn push(&mut self, header: Header, jump: bool, to_the_end: bool) -> bool {
        self.check_what_comes_next();
        let found = HeaderChain::check(self.plain.profile, self.chain.as_ref(), &header, self.now);
        let expected = self.plain.judge(&header, self.now);
        assert_eq!(found.map(|_| ()), expected, "{header:?}");
        match expected {
            Ok(()) => {}
            Err(HeaderError::Work { .. }) if self.plain.judge_time(&header, self.now).is_ok() => {}
            Err(_) => return false,
        }
        let mut height = self.plain.next_height();
        if let Ok(checked) = found {
            assert_eq!((checked.header(), u64::from(checked.height().to_u32())), (&header, height));
            assert_eq!(checked.tip(), self.tip(&header, height));
        }
        // The first block of a period is not left out, since its time counts.
        if jump && !height.is_multiple_of(PERIOD) {
            // Up to the last block before the change.
            height = if to_the_end { u64::from(u32::MAX) - 1 } else { height / PERIOD * PERIOD + PERIOD - 1 };
            height = height.max(self.plain.next_height());
        }
        self.extend(header, height);
        true
    }

    fn tip(&self, header: &Header, height: u64) -> Tip {
        let work = self.plain.work_with(header);
        Tip { height: height + 1, hash: plain_hash(header).into(), work: Work::from_be_bytes(work.to_be_bytes()) }
    }

    fn extend(&mut self, header: Header, height: u64) {
        let tip = self.tip(&header, height);
        let checked = CheckedHeader::restore(tip, header).expect("the bits were judged");
        self.chain = Some(HeaderChain::extend(self.chain.as_ref(), &checked));
        self.plain.push(&header, height);
    }

    fn check_what_comes_next(&self) {
        let (Some(chain), plain) = (&self.chain, &self.plain) else { return };
        assert_eq!(chain.tip().hash, plain.tip_hash());
        let height = plain.next_height();
        assert_eq!(chain.next_height(), u32::try_from(height).ok().map(Height::new));
        assert_eq!(chain.next_bits(plain.profile).to_consensus(), plain.next_bits(), "height {height}");
        let earliest = match plain.profile {
            Profile::Bitcoin => plain.median().saturating_add(1),
            _ => plain.blocks.last().map_or(0, |last| last.time),
        };
        assert_eq!(chain.earliest_time(plain.profile), earliest, "height {height}");
    }
}

struct PlainBlock {
    height: u64,
    hash: BlockHash,
    time: u32,
    bits: u32,
    /// Of all blocks up to this one.
    work: Plain,
}

/// All blocks of a chain, and the rules as docs/sound-rules.md section 4 has them.
struct PlainChain {
    profile: Profile,
    blocks: Vec<PlainBlock>,
}

impl PlainChain {
    fn push(&mut self, header: &Header, height: u64) {
        let (hash, work) = (plain_hash(header).into(), self.work_with(header));
        self.blocks.push(PlainBlock { height, hash, time: header.time, bits: header.bits.to_consensus(), work });
    }

    /// The work of all blocks and that of this one together.
    fn work_with(&self, header: &Header) -> Plain {
        let target = plain_target::target(header.bits.to_consensus()).expect("the bits were judged");
        let before = self.blocks.last().map_or(Plain::ZERO, |last| last.work);
        before.plus(&plain_target::work(target)).min(Plain::from_be_bytes(&[u8::MAX; 32]))
    }

    fn tip_hash(&self) -> BlockHash {
        self.blocks.last().map_or(BlockHash::ZERO, |last| last.hash)
    }

    fn next_height(&self) -> u64 {
        self.blocks.last().map_or(0, |last| last.height + 1)
    }

    fn limit(&self) -> Plain {
        let bits = match self.profile {
            Profile::Classroom => 0x1f00_ffff,
            Profile::Instant => 0x207f_ffff,
            Profile::Bitcoin => 0x1d00_ffff,
        };
        plain_target::target(bits).expect("the limit is a target")
    }

    fn next_bits(&self) -> u32 {
        let genesis_bits = match self.profile {
            Profile::Classroom => 0x1e00_ffff,
            Profile::Instant => 0x207f_ffff,
            Profile::Bitcoin => 0x1d00_ffff,
        };
        let Some(last) = self.blocks.last() else { return genesis_bits };
        let target = || plain_target::target(last.bits).expect("the bits were judged");
        match (self.profile, &self.blocks[..]) {
            (Profile::Classroom, [.., before, last]) => {
                plain_target::classroom(target(), i64::from(last.time) - i64::from(before.time), self.limit())
            }
            (Profile::Bitcoin, blocks) if self.next_height().is_multiple_of(PERIOD) => {
                let first = blocks.iter().rev().find(|block| block.height.is_multiple_of(PERIOD));
                let first = first.expect("the plain chain knows the beginning of each period");
                plain_target::retarget(target(), first.time, last.time, self.limit())
            }
            (Profile::Bitcoin, _) => last.bits,
            _ => genesis_bits,
        }
    }

    /// The median of the last 11 times.
    fn median(&self) -> u32 {
        let mut times: Vec<_> = self.blocks.iter().rev().take(11).map(|block| block.time).collect();
        times.sort_unstable();
        times[times.len() / 2]
    }

    fn judge(&self, header: &Header, now: u32) -> Result<(), HeaderError> {
        let (expected, found) = (self.tip_hash(), header.previous);
        if expected != found {
            return Err(HeaderError::Previous { expected, found });
        }
        if self.next_height() > u64::from(u32::MAX) {
            return Err(HeaderError::LastHeight);
        }
        let expected = self.next_bits();
        if header.bits.to_consensus() != expected {
            let expected = CompactTarget::from_consensus(expected);
            return Err(HeaderError::Bits { expected, found: header.bits });
        }
        let target = plain_target::target(expected).expect("bits that are asked for stand for a target");
        if Plain::from_be_bytes(&plain_hash(header)) > target {
            let mut bytes = target.to_be_bytes();
            bytes.reverse();
            let target = Target::from_le_bytes(bytes).expect("a target is not 0");
            return Err(HeaderError::Work { hash: plain_hash(header).into(), target });
        }
        self.judge_time(header, now)
    }

    fn judge_time(&self, header: &Header, now: u32) -> Result<(), HeaderError> {
        let found = header.time;
        if let Some(last) = self.blocks.last() {
            let (parent, median) = (last.time, self.median());
            match self.profile {
                Profile::Bitcoin if found <= median => return Err(HeaderError::NotAboveMedian { median, found }),
                Profile::Classroom | Profile::Instant if found < parent => {
                    return Err(HeaderError::BelowParent { parent, found });
                }
                _ => {}
            }
        }
        let ahead = if self.profile == Profile::Bitcoin { 7200 } else { 60 };
        if u64::from(found) > u64::from(now) + ahead {
            return Err(HeaderError::Early { latest: now.saturating_add(ahead as u32), found });
        }
        Ok(())
    }
}
