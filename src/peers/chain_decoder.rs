//! Reads a chain in the form of `/get_chain` while it arrives: `{"chain": [block...], "length": n}`.

use std::{
    cell::{Cell, RefCell},
    fmt,
    io::{self, BufReader, Read},
    sync::Arc,
};

use bcoin_ledger::chapter::{Block, Chapter};
use bcoin_node::CandidateBuilder;
use serde::{
    Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore},
};

/// How many bytes of a block are read without a permit. There is one permit for longer blocks: many peers that each send an
/// endless block take no more memory than one does.
const MAX_SMALL_BLOCK: u64 = 1 << 20;

/// What reading a chain may cost.
#[derive(Clone, Debug)]
pub struct DecodeLimits {
    /// The longest body, in bytes.
    pub body: u64,
    /// One permit, which the reader of a long block holds until that is read; shared by all who read at the same time.
    pub long_blocks: Arc<Semaphore>,
}

/// Reads a chain and hands each block to `builder`, which checks it. Blocks the thread.
///
/// # Errors
/// When the body is cut off, too long, no such JSON, or a block breaks a rule; and when `length` is not the number of
/// blocks (docs/contract.md section 4).
///
/// # Panics
/// On a thread that runs asynchronous tasks.
pub fn decode_chain(
    body: impl Read,
    limits: &DecodeLimits,
    builder: &mut CandidateBuilder<Chapter>,
) -> Result<(), serde_json::Error> {
    let offset = Offset::default();
    let body = BufReader::with_capacity(64 << 10, Limited { body, limits, offset: &offset });
    let mut json = serde_json::Deserializer::from_reader(body);
    json.deserialize_map(Envelope { builder, offset: &offset })?;
    json.end()
}

/// The position of the reader in the body.
#[derive(Default)]
struct Offset {
    read: Cell<u64>,
    block_began_at: Cell<u64>,
    /// The permit for the current block, once it is longer than [`MAX_SMALL_BLOCK`].
    long_block: RefCell<Option<OwnedSemaphorePermit>>,
}

impl Offset {
    fn begin_block(&self) {
        self.block_began_at.set(self.read.get());
        self.long_block.take();
    }

    fn advance(&self, count: u64, limits: &DecodeLimits) -> io::Result<()> {
        let read = self.read.get() + count;
        self.read.set(read);
        if read > limits.body {
            return Err(io::Error::other(format!("it is longer than {} bytes", limits.body)));
        }
        if read - self.block_began_at.get() > MAX_SMALL_BLOCK && self.long_block.borrow().is_none() {
            let acquire = limits.long_blocks.clone().acquire_owned();
            let permit =
                Handle::try_current().map_err(io::Error::other)?.block_on(acquire).map_err(io::Error::other)?;
            self.long_block.replace(Some(permit));
        }
        Ok(())
    }
}

struct Envelope<'a> {
    builder: &'a mut CandidateBuilder<Chapter>,
    offset: &'a Offset,
}

impl<'de> Visitor<'de> for Envelope<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a chain and its length")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (mut chain_seen, mut stated) = (false, None::<u64>);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "chain" if chain_seen => return Err(A::Error::duplicate_field("chain")),
                "chain" => {
                    chain_seen = true;
                    map.next_value_seed(Blocks { builder: &mut *self.builder, offset: self.offset })?;
                }
                "length" if stated.is_some() => return Err(A::Error::duplicate_field("length")),
                "length" => stated = Some(map.next_value()?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if !chain_seen {
            return Err(A::Error::missing_field("chain"));
        }
        let stated = stated.ok_or_else(|| A::Error::missing_field("length"))?;
        let counted = self.builder.length();
        if stated == counted {
            Ok(())
        } else {
            Err(A::Error::custom(format_args!("it says that its length is {stated}, but it has {counted} blocks")))
        }
    }
}

struct Blocks<'a> {
    builder: &'a mut CandidateBuilder<Chapter>,
    offset: &'a Offset,
}

impl<'de> DeserializeSeed<'de> for Blocks<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Blocks<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of blocks")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut blocks: A) -> Result<(), A::Error> {
        while let Some(raw) = blocks.next_element::<Box<RawValue>>()? {
            let block = Block::from_json(raw.get())
                .map_err(|error| A::Error::custom(format_args!("block {}: {error}", self.builder.length() + 1)))?;
            self.builder.push(block).map_err(A::Error::custom)?;
            self.offset.begin_block();
        }
        Ok(())
    }
}

/// Fails, instead of ending, where a body goes on beyond its limit.
struct Limited<'a, R> {
    body: R,
    limits: &'a DecodeLimits,
    offset: &'a Offset,
}

impl<R: Read> Read for Limited<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.body.read(buffer)?;
        self.offset.advance(count as u64, self.limits)?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bcoin_ledger::Rules as _;
    use bcoin_node::{
        now,
        store::{FirstContent, Location, Opened},
    };

    const GENESIS: &str = r#"{"index":1,"previous_hash":"0","proof":1,"timestamp":"t","transactions":[]}"#;

    fn verdict(body: &str, limit: u64) -> Result<u64, String> {
        let first = FirstContent { node_address: "n".into(), genesis: Chapter.genesis(now()) };
        let own = Opened::open(Chapter, &Location::Memory, first, &|_, _| ()).unwrap();
        let mut builder = CandidateBuilder::new(Chapter, &own.store.reader()).unwrap();
        let limits = DecodeLimits { body: limit, long_blocks: Arc::new(Semaphore::new(1)) };
        decode_chain(body.as_bytes(), &limits, &mut builder)
            .map(|()| builder.length())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_chain_is_read_whatever_the_order_of_its_keys() {
        assert_eq!(verdict(&format!(r#"{{"chain":[{GENESIS}],"length":1}}"#), 1 << 20), Ok(1));
        assert_eq!(verdict(&format!(r#"{{"x":[[]],"length":1,"chain":[{GENESIS}]}}"#), 1 << 20), Ok(1));
    }

    #[test]
    fn what_is_no_chain_is_refused_with_its_reason() {
        for (body, reason) in [
            (format!(r#"{{"chain":[{GENESIS}],"length":2}}"#), "its length is 2, but it has 1 blocks"),
            (format!(r#"{{"chain":[{GENESIS}]}}"#), "missing field `length`"),
            (format!(r#"{{"chain":[{GENESIS}],"length":"1"}}"#), "invalid type"),
            (format!(r#"{{"chain":[{GENESIS}],"chain":[],"length":1}}"#), "duplicate field"),
            (format!(r#"{{"chain":[{GENESIS}],"length":1}} x"#), "trailing"),
            (format!(r#"{{"chain":[{GENESIS},{GENESIS}],"length":2}}"#), "block 2 is numbered 1"),
            (r#"{"length":1}"#.into(), "missing field `chain`"),
            (r#"{"chain":[null],"length":1}"#.into(), "block 1: not a block"),
            (r#"[]"#.into(), "an object with a chain"),
            (String::new(), "EOF"),
        ] {
            let refusal = verdict(&body, 1 << 20).unwrap_err();
            assert!(refusal.contains(reason), "{body}: {refusal}");
        }
    }

    #[test]
    fn a_body_beyond_its_limit_is_cut_off() {
        let body = format!(r#"{{"chain":[{GENESIS}],"length":1}}"#);
        assert_eq!(verdict(&body, body.len() as u64), Ok(1));
        assert!(verdict(&body, body.len() as u64 - 1).unwrap_err().contains("longer than"));
    }
}
