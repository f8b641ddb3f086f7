//! A chain as the body of a response: read from a snapshot chunk by chunk, as fast as the client takes it.

use std::io;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use tokio::task::spawn_blocking;

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
            let text = ChainText { texts, length: 0, closing: frame.closing, chunk: frame.opening.clone() };
            let (first, rest) = text.next_chunk()?;
            Ok(Self { tip, first, rest })
        };
        Ok(node.read(begin).await?)
    }

    /// All of it, when it is so short that it was read at once.
    pub(super) fn whole(&self) -> Option<Bytes> {
        self.rest.is_none().then(|| self.first.clone())
    }

    /// The body of the answer.
    pub(super) fn into_body(self) -> Body {
        let Some(rest) = self.rest else { return Body::from(self.first) };
        Body::from_stream(stream::try_unfold((Some(self.first), Some(rest)), |(ready, rest)| async {
            // A failure in the middle ends the connection, so that nobody takes half a chain for a whole one.
            Ok::<_, io::Error>(match (ready, rest) {
                (Some(chunk), rest) => Some((chunk, (None, rest))),
                (None, Some(rest)) => {
                    let (chunk, rest) = read_chunk(rest).await?;
                    Some((chunk, (None, rest)))
                }
                (None, None) => None,
            })
        }))
    }
}

/// Reads on a thread that may block, and only when the client wants more: one that stalls holds no thread.
async fn read_chunk(rest: ChainText) -> io::Result<(Bytes, Option<ChainText>)> {
    spawn_blocking(|| rest.next_chunk()).await?.map_err(io::Error::other)
}

/// A chain that is being written down.
struct ChainText {
    texts: BlockTexts,
    /// Blocks written so far.
    length: u64,
    closing: fn(u64) -> String,
    chunk: String,
}

impl ChainText {
    /// The next chunk, and what comes after it.
    fn next_chunk(mut self) -> Result<(Bytes, Option<Self>), StoreError> {
        while self.chunk.len() < CHUNK {
            let Some(text) = self.texts.next().transpose()? else {
                self.chunk.push_str(&(self.closing)(self.length));
                return Ok((self.chunk.into(), None));
            };
            if self.length > 0 {
                self.chunk.push_str(ITEM_SEPARATOR);
            }
            self.chunk.push_str(&text);
            self.length += 1;
        }
        let chunk = std::mem::take(&mut self.chunk);
        Ok((chunk.into(), Some(self)))
    }
}
