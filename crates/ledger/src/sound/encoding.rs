//! Reading encodings to the byte: nothing may be missing or left over.

use thiserror::Error;

/// The kind of a coinbase: the first byte of its encoding.
pub(super) const COINBASE: u8 = 0;
/// The kind of a transfer.
pub(super) const TRANSFER: u8 = 1;
/// How many bytes the shortest transaction has: a coinbase without a note.
pub(super) const MIN_TRANSACTION_BYTES: usize = 86;
/// How many bytes a note has at most.
pub(super) const MAX_NOTE_BYTES: usize = 80;

/// Why bytes are no transaction or no block.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum EncodingError {
    /// The bytes end too early.
    #[error("the encoding ends too early")]
    TooShort,
    /// There are bytes after the end.
    #[error("{count} bytes are left over after the end of the encoding")]
    LeftOver {
        /// How many.
        count: usize,
    },
    /// A count is not written in its shortest form, is 0, or is more than the bytes can hold.
    #[error("the count of transactions is not written in its shortest form, is 0, or is more than the bytes can hold")]
    Count,
    /// A transaction is of no known kind, or of the one that belongs elsewhere.
    #[error(
        "kind {kind} does not belong here: a block begins with a transaction of kind 0 (reward), and all others are of kind 1 (transfer)"
    )]
    Kind {
        /// The kind it has.
        kind: u8,
    },
    /// A note is too long.
    #[error("a note has at most {} bytes, not {length}", MAX_NOTE_BYTES)]
    Note {
        /// How many bytes it has.
        length: usize,
    },
}

impl EncodingError {
    /// The name of the rule in answers to programs.
    pub fn why(&self) -> &'static str {
        match self {
            Self::TooShort | Self::LeftOver { .. } | Self::Count => "encoding",
            Self::Kind { .. } => "kind",
            Self::Note { .. } => "note",
        }
    }
}

/// Reads fields one after the other.
#[derive(Clone, Debug)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// How many bytes are left.
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    /// The next bytes.
    pub(super) fn bytes(&mut self, count: usize) -> Result<&'a [u8], EncodingError> {
        let (bytes, rest) = self.rest.split_at_checked(count).ok_or(EncodingError::TooShort)?;
        self.rest = rest;
        Ok(bytes)
    }

    /// The next bytes, as many as the type says.
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], EncodingError> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or(EncodingError::TooShort)?;
        self.rest = rest;
        Ok(*bytes)
    }

    pub(super) fn u8(&mut self) -> Result<u8, EncodingError> {
        self.array().map(u8::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, EncodingError> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, EncodingError> {
        self.array().map(u64::from_le_bytes)
    }

    /// A count of things that take at least `min_bytes` each: Bitcoin's CompactSize in its shortest form, at least 1 and at most
    /// what the bytes after it can hold.
    pub(super) fn count(&mut self, min_bytes: usize) -> Result<usize, EncodingError> {
        let (count, least) = match self.u8()? {
            0xfd => (u64::from(u16::from_le_bytes(self.array()?)), 0xfd),
            0xfe => (u64::from(self.u32()?), 0x1_0000),
            0xff => (self.u64()?, 0x1_0000_0000),
            small => (u64::from(small), 1),
        };
        let most = self.left() / min_bytes;
        usize::try_from(count)
            .ok()
            .filter(|_| count >= least)
            .filter(|count| *count <= most)
            .ok_or(EncodingError::Count)
    }

    /// Ends the encoding.
    pub(super) fn end(self) -> Result<(), EncodingError> {
        match self.left() {
            0 => Ok(()),
            count => Err(EncodingError::LeftOver { count }),
        }
    }
}

/// Writes a count as Bitcoin's CompactSize.
pub(super) fn write_count(bytes: &mut Vec<u8>, count: usize) {
    let wide = (count as u64).to_le_bytes();
    match count {
        0..0xfd => bytes.push(wide[0]),
        0xfd..0x1_0000 => {
            bytes.push(0xfd);
            bytes.extend_from_slice(&wide[..2]);
        }
        0x1_0000..0x1_0000_0000 => {
            bytes.push(0xfe);
            bytes.extend_from_slice(&wide[..4]);
        }
        _ => {
            bytes.push(0xff);
            bytes.extend_from_slice(&wide);
        }
    }
}

/// How many bytes [`write_count`] writes.
pub(super) const fn count_bytes(count: usize) -> usize {
    match count {
        0..0xfd => 1,
        0xfd..0x1_0000 => 3,
        0x1_0000..0x1_0000_0000 => 5,
        _ => 9,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_read_in_its_shortest_form_only() {
        for count in [1, 2, 0xfc, 0xfd, 0xfe, 0xffff, 0x1_0000, 0xff_ffff] {
            let mut bytes = Vec::new();
            write_count(&mut bytes, count);
            assert_eq!(bytes.len(), count_bytes(count));
            bytes.resize(bytes.len() + count, 7);
            assert_eq!(Reader::new(&bytes).count(1), Ok(count));
            bytes.pop();
            assert_eq!(Reader::new(&bytes).count(1), Err(EncodingError::Count), "{count} do not fit");
        }
        for long in [
            &[0][..],
            &[0xfd, 1, 0],
            &[0xfd, 0xfc, 0],
            &[0xfe, 0xff, 0xff, 0, 0],
            &[0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0],
            &[0xff; 9],
        ] {
            let bytes = [long, &[0; 70_000]].concat();
            assert_eq!(Reader::new(&bytes).count(1), Err(EncodingError::Count), "{long:?}");
        }
        assert_eq!(Reader::new(&[]).count(1), Err(EncodingError::TooShort));
        assert_eq!(Reader::new(&[0xfd, 0]).count(1), Err(EncodingError::TooShort));
    }

    #[test]
    fn a_count_that_no_block_has_is_written_all_the_same() {
        let mut bytes = Vec::new();
        write_count(&mut bytes, usize::MAX);
        assert_eq!((bytes.as_slice(), count_bytes(usize::MAX)), (&[0xff; 9][..], 9));
        bytes.resize(1000, 0);
        assert_eq!(Reader::new(&bytes).count(1), Err(EncodingError::Count));
    }

    #[test]
    fn fields_are_read_one_after_the_other_up_to_the_last_byte() {
        let bytes: [u8; 16] = std::array::from_fn(|at| at as u8 + 1);
        let mut reader = Reader::new(&bytes);
        assert_eq!(reader.u8(), Ok(1));
        assert_eq!(reader.u32(), Ok(0x0504_0302));
        assert_eq!(reader.u64(), Ok(0x0d0c_0b0a_0908_0706));
        assert_eq!(reader.clone().end(), Err(EncodingError::LeftOver { count: 3 }));
        // What does not fit leaves the rest where it is.
        assert_eq!(reader.u32(), Err(EncodingError::TooShort));
        assert_eq!(reader.bytes(4), Err(EncodingError::TooShort));
        assert_eq!(reader.bytes(3), Ok(&[14, 15, 16][..]));
        assert_eq!(reader.bytes(0), Ok(&[][..]));
        assert_eq!(reader.u8(), Err(EncodingError::TooShort));
        assert_eq!(reader.end(), Ok(()));
    }

    #[test]
    fn each_error_says_what_is_wrong() {
        for (error, why, sentence) in [
            (EncodingError::TooShort, "encoding", "the encoding ends too early"),
            (EncodingError::LeftOver { count: 1 }, "encoding", "1 bytes are left over after the end of the encoding"),
            (
                EncodingError::Count,
                "encoding",
                "the count of transactions is not written in its shortest form, is 0, or is more than the bytes can hold",
            ),
            (
                EncodingError::Kind { kind: 0 },
                "kind",
                "kind 0 does not belong here: a block begins with a transaction of kind 0 (reward), and all others are of \
                 kind 1 (transfer)",
            ),
            (EncodingError::Note { length: 81 }, "note", "a note has at most 80 bytes, not 81"),
        ] {
            assert_eq!((error.why(), error.to_string().as_str()), (why, sentence));
        }
    }
}
