//! The whole chain as the body of a response: read from a snapshot in chunks, and written as JSON, at the speed of the client.

use std::io;

use axum::body::Body;
use bcoin_ledger::BlockHash;
use bcoin_node::{
    ReadingThreads,
    store::{Reader, StoreError, StoredBlocks},
};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use tokio::task::JoinHandle;

use super::{
    super::{error::ApiError, state::SoundState},
    stored::Stored,
};
use crate::wire::{answers::ChainFrame, sound::BlockJson};

/// How many bytes are written at a time. The fixed cost of a chunk is small beside so many bytes.
const CHUNK: usize = 256 << 10;

/// A snapshot of the chain, for one response.
pub(super) struct Chain {
    /// Hash of its last block. It identifies the whole chain.
    pub(super) tip: BlockHash,
    first: Bytes,
    rest: Option<ChainText>,
}

/// A piece of the text, and what comes after it.
type Piece = (Bytes, Option<ChainText>);

impl Chain {
    /// Begins to read the chain as it is now.
    pub(super) async fn read(state: &SoundState, frame: ChainFrame) -> Result<Self, ApiError> {
        let (stored, threads) = (Stored::of(state), state.chunks.clone());
        let begin = move |reader: &Reader| {
            let snapshot = reader.snapshot()?;
            let tip = snapshot.tip()?.hash;
            let (stored, threads) = (stored.clone(), threads.clone());
            let text = ChainText { blocks: snapshot.blocks(..)?, length: 0, closing: frame.closing, stored, threads };
            let (first, rest) = text.next_piece(frame.opening.clone().into())?;
            Ok(Self { tip, first, rest })
        };
        Ok(state.node.read_on(&state.chunks, begin).await?)
    }

    /// The body of the answer. One piece is read ahead while the previous one is sent, and no more: a client that stalls holds one
    /// chunk and no thread.
    pub(super) fn into_body(self) -> Body {
        if self.rest.is_none() {
            return Body::from(self.first);
        }
        let rest = stream::try_unfold(self.rest.map(begin_reading), |reading| async {
            let Some(reading) = reading else { return Ok(None) };
            // A failure in the middle ends the connection, so that no client takes half a chain for a whole one.
            let (piece, rest) = reading.await??;
            Ok::<_, io::Error>(Some((piece, rest.map(begin_reading))))
        });
        Body::from_stream(stream::iter([Ok(self.first)]).chain(rest))
    }
}

fn begin_reading(text: ChainText) -> JoinHandle<io::Result<Piece>> {
    let threads = text.threads.clone();
    tokio::spawn(async move { threads.run(|| text.next_piece(Vec::new())).await?.map_err(io::Error::other) })
}

/// The rest of a chain that is still to be sent.
struct ChainText {
    blocks: StoredBlocks,
    /// How many blocks are in the pieces so far.
    length: u64,
    closing: fn(u64) -> String,
    stored: Stored,
    threads: ReadingThreads,
}

impl ChainText {
    /// Appends blocks to what is there until it is a chunk. The last block may exceed the chunk size.
    fn next_piece(mut self, mut chunk: Vec<u8>) -> Result<Piece, StoreError> {
        while chunk.len() < CHUNK {
            let Some(encoding) = self.blocks.next().transpose()? else {
                chunk.extend_from_slice((self.closing)(self.length).as_bytes());
                return Ok((chunk.into(), None));
            };
            if self.length > 0 {
                chunk.push(b',');
            }
            self.length += 1;
            let block = self.stored.block(self.length, encoding)?;
            serde_json::to_writer(&mut chunk, &BlockJson::from(&block)).map_err(io::Error::other)?;
        }
        Ok((chunk.into(), Some(self)))
    }
}
