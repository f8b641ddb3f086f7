//! A chain as the body of a response: read from a snapshot chunk by chunk, as fast as the client takes it.

use std::io;

use axum::{body::Body, http::StatusCode, response::Response};
use bytes::Bytes;
use futures_util::stream;
use tokio::task::spawn_blocking;

use super::{error::ApiError, json};
use crate::{
    ledger::ITEM_SEPARATOR,
    store::{BlockTexts, Reader, StoreError},
    wire::answers::ChainFrame,
};

/// How many bytes are read at a time: enough that a chunk costs little beside its bytes.
const CHUNK: usize = 256 << 10;

/// Answers with the chain as it is now.
pub(super) async fn respond(reader: Reader, frame: ChainFrame) -> Result<Response, ApiError> {
    let (chunk, rest) = read_chunk(move || {
        let texts = reader.snapshot()?.blocks(1)?;
        Ok(ChainText { texts, length: 0, closing: frame.closing, chunk: frame.opening })
    })
    .await?;
    let body = match rest {
        None => Body::from(chunk),
        Some(rest) => Body::from_stream(stream::try_unfold((Some(chunk), Some(rest)), |(ready, rest)| async {
            // A failure in the middle ends the connection, so that nobody takes half a chain for a whole one.
            Ok::<_, io::Error>(match (ready, rest) {
                (Some(chunk), rest) => Some((chunk, (None, rest))),
                (None, Some(rest)) => {
                    let (chunk, rest) = read_chunk(move || Ok(rest)).await.map_err(io::Error::other)?;
                    Some((chunk, (None, rest)))
                }
                (None, None) => None,
            })
        })),
    };
    Ok(json(StatusCode::OK, body))
}

/// A chain that is being written down.
struct ChainText {
    texts: BlockTexts,
    /// Blocks written so far.
    length: u64,
    closing: fn(u64) -> String,
    chunk: String,
}

/// Reads on a thread that may block, and only while the client waits for it: a stalled client holds no thread.
async fn read_chunk(
    text: impl FnOnce() -> Result<ChainText, StoreError> + Send + 'static,
) -> Result<(Bytes, Option<ChainText>), ApiError> {
    let chunk = spawn_blocking(move || text()?.next_chunk()).await.map_err(|_| ApiError::Panic)?;
    Ok(chunk?)
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
