//! A chain as the body of a response: read from a snapshot chunk by chunk, as fast as the client takes it.

use std::io;

use axum::{body::Body, http::StatusCode, response::Response};
use bytes::Bytes;
use futures_util::stream;
use tokio::task::spawn_blocking;

use super::{error::ApiError, json};
use crate::{
    ledger::ITEM_SEPARATOR,
    node::NodeHandle,
    store::{BlockTexts, Reader, StoreError},
    wire::answers::ChainFrame,
};

/// How many bytes are read at a time: enough that a chunk costs little beside its bytes.
const CHUNK: usize = 256 << 10;

/// Answers with the chain as it is now.
pub(super) async fn respond(node: &NodeHandle, frame: ChainFrame) -> Result<Response, ApiError> {
    let first = move |reader: &Reader| {
        let texts = reader.snapshot()?.blocks(1)?;
        ChainText { texts, length: 0, closing: frame.closing, chunk: frame.opening.clone() }.next_chunk()
    };
    let (chunk, rest) = node.read(first).await?;
    let body = match rest {
        None => Body::from(chunk),
        Some(rest) => Body::from_stream(stream::try_unfold((Some(chunk), Some(rest)), |(ready, rest)| async {
            // A failure in the middle ends the connection, so that nobody takes half a chain for a whole one.
            Ok::<_, io::Error>(match (ready, rest) {
                (Some(chunk), rest) => Some((chunk, (None, rest))),
                (None, Some(rest)) => {
                    let (chunk, rest) = read_chunk(rest).await?;
                    Some((chunk, (None, rest)))
                }
                (None, None) => None,
            })
        })),
    };
    Ok(json(StatusCode::OK, body))
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
