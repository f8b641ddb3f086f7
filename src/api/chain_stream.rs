//! A chain as the body of a response: read from a snapshot chunk by chunk, as fast as the client takes it.

use std::io;

use axum::body::Body;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use tokio::task::{JoinHandle, spawn_blocking};

use super::error::ApiError;
use crate::{
    ledger::{BlockHash, ITEM_SEPARATOR},
    node::NodeHandle,
    store::{BlockTexts, Reader, StoreError},
    wire::answers::ChainFrame,
};

/// How many bytes are read at a time: enough that a chunk costs little beside its bytes.
const CHUNK: usize = 256 << 10;

/// A chain as it was at one moment, on its way to a client.
pub(super) struct Chain {
    /// Hash of its last block, which stands for the whole of it.
    pub(super) tip: BlockHash,
    first: Bytes,
    rest: Option<ChainText>,
}

impl Chain {
    /// Begins to read the chain as it is now.
    pub(super) async fn read(node: &NodeHandle, frame: ChainFrame) -> Result<Self, ApiError> {
        let begin = move |reader: &Reader| {
            let snapshot = reader.snapshot()?;
            let (tip, texts) = (snapshot.tip_hash()?, snapshot.blocks(1)?);
            let text =
                ChainText { texts, length: 0, closing: frame.closing, chunk: frame.opening.clone().into_bytes() };
            let (first, rest) = text.next_chunk()?;
            Ok(Self { tip, first, rest })
        };
        Ok(node.read(begin).await?)
    }

    /// All of it, when it is so short that it was read at once.
    pub(super) fn whole(&self) -> Option<Bytes> {
        self.rest.is_none().then(|| self.first.clone())
    }

    /// The body of the answer. The next chunk is read while the one before is sent, and no further ahead: a client that
    /// stalls holds one chunk and no thread.
    pub(super) fn into_body(self) -> Body {
        let Some(rest) = self.rest else { return Body::from(self.first) };
        let rest = stream::try_unfold(Some(begin_reading(rest)), |reading| async {
            let Some(reading) = reading else { return Ok(None) };
            // A failure in the middle ends the connection, so that nobody takes half a chain for a whole one.
            let (chunk, rest) = reading.await??;
            Ok::<_, io::Error>(Some((chunk, rest.map(begin_reading))))
        });
        Body::from_stream(stream::iter([Ok(self.first)]).chain(rest))
    }
}

fn begin_reading(text: ChainText) -> JoinHandle<io::Result<(Bytes, Option<ChainText>)>> {
    spawn_blocking(|| text.next_chunk().map_err(io::Error::other))
}

/// A chain that is being written down.
struct ChainText {
    texts: BlockTexts,
    /// Blocks written so far.
    length: u64,
    closing: fn(u64) -> String,
    chunk: Vec<u8>,
}

impl ChainText {
    /// The next chunk, and what comes after it.
    fn next_chunk(mut self) -> Result<(Bytes, Option<Self>), StoreError> {
        // The last text may go beyond the chunk.
        self.chunk.reserve(CHUNK + CHUNK / 8);
        while self.chunk.len() < CHUNK {
            let before = if self.length > 0 { ITEM_SEPARATOR } else { "" };
            if !self.texts.append_next(before, &mut self.chunk)? {
                self.chunk.extend_from_slice((self.closing)(self.length).as_bytes());
                return Ok((self.chunk.into(), None));
            }
            self.length += 1;
        }
        let chunk = std::mem::take(&mut self.chunk);
        Ok((chunk.into(), Some(self)))
    }
}
