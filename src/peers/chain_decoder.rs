//! Reads a chain in the form of `/get_chain`: `{"chain": [block...], "length": n}`. A piece of a chain has the same form.

use std::{
    cell::{Cell, RefCell},
    error::Error,
    fmt,
    io::{self, BufReader, Read},
};

use bcoin_node::{CandidateBuilder, CandidateError, NodeHandle};
use serde::{
    Deserializer,
    de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;
use thiserror::Error;

use super::{error::BrokenRule, exchange::Exchange, ignored::Ignored, turns::Turn};

/// How many bytes of a block's text are read before the reader has to be the only one with a long block.
const MAX_SHORT_BLOCK: u64 = 1 << 20;

/// Why a text is no chain that follows.
#[derive(Debug, Error)]
pub enum ChainError {
    /// It is no JSON of that form, or does not end where it should.
    #[error("{0}")]
    Json(serde_json::Error),
    /// A member of the list is no block.
    #[error("block {height}: {reason}")]
    Block {
        /// The height that it would have.
        height: u64,
        /// What it is not.
        reason: BrokenRule,
    },
    /// A block breaks a rule or a limit, or could not be kept.
    #[error(transparent)]
    Candidate(CandidateError<BrokenRule>),
    /// It goes on with other blocks than it did when it was looked at first.
    #[error("it has changed while it was fetched")]
    Changed,
    /// The text of a block is too long.
    #[error("the text of a block is longer than {max} bytes")]
    BlockTextTooLong {
        /// How many bytes it may have.
        max: u64,
    },
    /// There are no further blocks, although the peer has said so.
    #[error("it ends after block {length}")]
    Ended {
        /// How many blocks there are.
        length: u64,
    },
    /// The whole text is too long.
    #[error("it is longer than {max} bytes")]
    TextTooLong {
        /// How many bytes it may have.
        max: u64,
    },
}

impl ChainError {
    /// A block could not be added to a candidate.
    pub fn from_candidate<E: Error + Send + Sync + 'static>(error: CandidateError<E>) -> Self {
        Self::Candidate(match error {
            CandidateError::Rule(error) => CandidateError::Rule(BrokenRule::new(error)),
            CandidateError::BlockTooLong { height, max } => CandidateError::BlockTooLong { height, max },
            CandidateError::ChainTooLong { max } => CandidateError::ChainTooLong { max },
            CandidateError::SpoolsFull(full) => CandidateError::SpoolsFull(full),
            CandidateError::Empty => CandidateError::Empty,
            CandidateError::OwnShorter { height } => CandidateError::OwnShorter { height },
            CandidateError::Store(error) => CandidateError::Store(error),
            CandidateError::Io(error) => CandidateError::Io(error),
        })
    }
}

/// Reads a chain, or a piece of one, of at most `max` bytes, and hands each block to `builder`, which checks it. Blocks the thread;
/// `turn` says when others go first.
///
/// # Errors
/// When the text is cut off, too long, no such JSON, or a block breaks a rule; and when `length` is not the number of
/// blocks (docs/contract.md section 4).
pub fn decode_chain<R: Exchange>(
    text: impl Read,
    max: u64,
    turn: &mut Turn,
    rules: &R,
    builder: &mut CandidateBuilder<R>,
) -> Result<(), ChainError> {
    decode_piece(text, max, turn, Taking { rules, builder, node: None, until: u64::MAX })
}

/// As [`decode_chain`], with what is done with the blocks.
pub(super) fn decode_piece<R: Exchange>(
    text: impl Read,
    max: u64,
    turn: &mut Turn,
    taking: Taking<'_, R>,
) -> Result<(), ChainError> {
    let position = Position {
        max,
        max_block: R::MAX_BLOCK_TEXT,
        read: Cell::new(0),
        block_began_at: Cell::new(0),
        turn: RefCell::new(turn),
        failure: Cell::new(None),
    };
    let reader = BufReader::with_capacity(64 << 10, Counted { text, position: &position });
    let mut json = serde_json::Deserializer::from_reader(reader);
    let decoded = json.deserialize_map(Envelope { taking, position: &position }).and_then(|()| json.end());
    decoded.map_err(|error| position.failure.take().unwrap_or(ChainError::Json(error)))
}

/// What is done with the blocks of a chain.
pub(super) struct Taking<'a, R: Exchange> {
    pub(super) rules: &'a R,
    pub(super) builder: &'a mut CandidateBuilder<R>,
    /// Told of invalid blocks.
    pub(super) node: Option<&'a NodeHandle<R>>,
    /// The height of the last block that is wanted; those after it are not read.
    pub(super) until: u64,
}

/// How far a text was read, and why it is not read further.
struct Position<'t> {
    max: u64,
    /// How many bytes the text of a block may have.
    max_block: u64,
    read: Cell<u64>,
    block_began_at: Cell<u64>,
    turn: RefCell<&'t mut Turn>,
    /// The reason behind an error of the JSON reader, which takes texts only.
    failure: Cell<Option<ChainError>>,
}

impl Position<'_> {
    fn begin_block(&self) -> io::Result<()> {
        self.block_began_at.set(self.read.get());
        self.turn.borrow_mut().end_block(self.read.get())
    }

    fn advance(&self, count: u64) -> io::Result<()> {
        let read = self.read.get() + count;
        self.read.set(read);
        if read > self.max {
            return Err(io::Error::other(self.fail(ChainError::TextTooLong { max: self.max })));
        }
        let block = read - self.block_began_at.get();
        if block > self.max_block {
            return Err(io::Error::other(self.fail(ChainError::BlockTextTooLong { max: self.max_block })));
        }
        if block > MAX_SHORT_BLOCK {
            self.turn.borrow_mut().begin_long_block()?;
        }
        Ok(())
    }

    /// Keeps the reason, and returns the text that stands for it.
    fn fail(&self, error: ChainError) -> String {
        let text = error.to_string();
        self.failure.set(Some(error));
        text
    }
}

struct Envelope<'a, 't, R: Exchange> {
    taking: Taking<'a, R>,
    position: &'a Position<'t>,
}

impl<'de, R: Exchange> Visitor<'de> for Envelope<'_, '_, R> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a chain and its length")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let (mut counted, mut stated) = (None::<u64>, None::<u64>);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "chain" if counted.is_some() => return Err(A::Error::duplicate_field("chain")),
                "chain" => {
                    let blocks = Blocks { taking: &mut self.taking, position: self.position };
                    counted = Some(map.next_value_seed(blocks)?);
                }
                "length" if stated.is_some() => return Err(A::Error::duplicate_field("length")),
                "length" => stated = Some(map.next_value()?),
                _ => {
                    map.next_value::<Ignored>()?;
                }
            }
        }
        let counted = counted.ok_or_else(|| A::Error::missing_field("chain"))?;
        let stated = stated.ok_or_else(|| A::Error::missing_field("length"))?;
        if stated == counted {
            Ok(())
        } else {
            Err(A::Error::custom(format_args!("it says that its length is {stated}, but it has {counted} blocks")))
        }
    }
}

struct Blocks<'b, 'a, 't, R: Exchange> {
    taking: &'b mut Taking<'a, R>,
    position: &'b Position<'t>,
}

impl<'de, R: Exchange> DeserializeSeed<'de> for Blocks<'_, '_, '_, R> {
    type Value = u64;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u64, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, R: Exchange> Visitor<'de> for Blocks<'_, '_, '_, R> {
    /// How many blocks there are.
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of blocks")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut blocks: A) -> Result<u64, A::Error> {
        let Taking { rules, builder, node, until } = self.taking;
        let mut counted = 0;
        while let Some(raw) = blocks.next_element::<Box<RawValue>>()? {
            counted += 1;
            if builder.length() < *until {
                let height = builder.length() + 1;
                let block = rules.read_block(raw.get()).map_err(|reason| ChainError::Block { height, reason });
                block
                    .and_then(|block| rules.take(builder, block, *node))
                    .map_err(|error| A::Error::custom(self.position.fail(error)))?;
            }
            self.position.begin_block().map_err(A::Error::custom)?;
        }
        Ok(counted)
    }
}

/// A text whose reader counts the bytes.
struct Counted<'a, 't, R> {
    text: R,
    position: &'a Position<'t>,
}

impl<R: Read> Read for Counted<'_, '_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.text.read(buffer)?;
        self.position.advance(count as u64)?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bcoin_ledger::{Rules as _, chapter::Chapter};
    use bcoin_node::{
        CandidateLimits, now,
        store::{FirstContent, Location, Opened},
    };

    const GENESIS: &str = r#"{"index":1,"previous_hash":"0","proof":1,"timestamp":"t","transactions":[]}"#;

    fn verdict(body: &str, limit: u64) -> Result<u64, String> {
        let first = FirstContent { node_address: "n".into(), genesis: Chapter.genesis(now()) };
        let own = Opened::open(Chapter, &Location::Memory, first, &|_, _| ()).unwrap();
        let mut builder = CandidateBuilder::new(Chapter, &own.store.reader(), CandidateLimits::unlimited());
        decode_chain(body.as_bytes(), limit, &mut Turn::alone(), &Chapter, &mut builder)
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
