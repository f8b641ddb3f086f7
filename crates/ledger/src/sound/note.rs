//! Notes: what sender or miner has to say.

use super::encoding::{EncodingError, MAX_NOTE_BYTES, Reader};

/// Up to 80 bytes that the rules do not look at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Note(Box<[u8]>);

impl Note {
    /// How many bytes a note has at most.
    pub const MAX_BYTES: usize = MAX_NOTE_BYTES;

    /// A note of these bytes.
    ///
    /// # Errors
    /// When they are too many.
    pub fn new(bytes: &[u8]) -> Result<Self, EncodingError> {
        let length = bytes.len();
        if length <= Self::MAX_BYTES { Ok(Self(bytes.into())) } else { Err(EncodingError::Note { length }) }
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// How many bytes there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, EncodingError> {
        let length = usize::from(reader.u8()?);
        if length > Self::MAX_BYTES {
            return Err(EncodingError::Note { length });
        }
        reader.bytes(length).map(|bytes| Self(bytes.into()))
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        // At most 80, so one byte holds it.
        bytes.push(self.0.len() as u8);
        bytes.extend_from_slice(&self.0);
    }
}
