//! A chain as the body of a response. It is read from a snapshot in chunks, at the speed of the client.

use std::io;

use axum::body::Body;
use bcoin_ledger::{BlockHash, chapter::ITEM_SEPARATOR};
use bcoin_node::{
    ReadingThreads,
    store::{Reader, Snapshot, StoreError, StoredBlocks},
};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use tokio::task::JoinHandle;

use super::{
    body_cache::{BodyCache, Segment},
    error::ApiError,
    state::ChapterState,
};
use crate::wire::answers::ChainFrame;

/// How many bytes are read at a time. The fixed cost of a chunk is small beside so many bytes.
const CHUNK: usize = 256 << 10;

/// A snapshot of the chain, for one response.
pub(super) struct Chain {
    /// Hash of its last block. It identifies the whole chain.
    pub(super) tip: BlockHash,
    first: Vec<Bytes>,
    rest: Option<ChainText>,
}

impl Chain {
    /// Begins to read the chain as it is now.
    pub(super) async fn read(state: &ChapterState, frame: ChainFrame) -> Result<Self, ApiError> {
        let (cache, threads) = (state.caches.clone(), state.chunks.clone());
        let begin = move |reader: &Reader| {
            let snapshot = reader.snapshot()?;
            let tip = snapshot.tip()?.hash;
            let (cache, threads) = (cache.clone(), threads.clone());
            let text = ChainText { snapshot, blocks: None, length: 0, closing: frame.closing, cache, threads };
            let (piece, rest) = text.next_piece()?;
            let opening = Bytes::from(frame.opening.clone());
            let first = match rest {
                None => vec![[opening, piece].concat().into()],
                Some(_) => vec![opening, piece],
            };
            Ok(Self { tip, first, rest })
        };
        Ok(state.node.read_on(&state.chunks, begin).await?)
    }

    /// The whole body, when the chain fits one chunk.
    pub(super) fn whole(&self) -> Option<Bytes> {
        match (&self.first[..], &self.rest) {
            ([whole], None) => Some(whole.clone()),
            _ => None,
        }
    }

    /// The body of the answer. One piece is read ahead while the previous one is sent, and no more: a client that stalls holds one
    /// chunk and no thread.
    pub(super) fn into_body(self) -> Body {
        if let Some(whole) = self.whole() {
            return Body::from(whole);
        }
        let rest = stream::try_unfold(self.rest.map(begin_reading), |reading| async {
            let Some(reading) = reading else { return Ok(None) };
            // A failure in the middle ends the connection, so that no client takes half a chain for a whole one.
            let (piece, rest) = reading.await??;
            Ok::<_, io::Error>(Some((piece, rest.map(begin_reading))))
        });
        Body::from_stream(stream::iter(self.first.into_iter().map(Ok)).chain(rest))
    }
}

/// A piece of the text, and what comes after it.
type Piece = (Bytes, Option<ChainText>);

fn begin_reading(text: ChainText) -> JoinHandle<io::Result<Piece>> {
    let threads = text.threads.clone();
    tokio::spawn(async move { threads.run(|| text.next_piece()).await?.map_err(io::Error::other) })
}

/// The rest of a chain that is still to be sent.
struct ChainText {
    snapshot: Snapshot,
    /// Iterates over the blocks after `length`; none while segments come from the cache.
    blocks: Option<StoredBlocks>,
    /// How many blocks are in the pieces so far.
    length: u64,
    closing: fn(u64) -> String,
    cache: BodyCache,
    threads: ReadingThreads,
}

impl ChainText {
    fn next_piece(mut self) -> Result<Piece, StoreError> {
        if let Some(segment) = self.cache.segment_after(self.length) {
            if !self.holds(&segment)? {
                self.cache.forget_from(&segment);
            } else if let Some(text) = self.cache.text(&segment) {
                self.length = segment.last;
                self.blocks = None;
                return Ok((text, Some(self)));
            }
        }
        self.read_chunk()
    }

    /// Whether the chain has the blocks of a segment. The hash of the last block identifies all of them.
    fn holds(&self, segment: &Segment) -> Result<bool, StoreError> {
        Ok(self.snapshot.hash(segment.last)? == Some(segment.hash))
    }

    fn read_chunk(mut self) -> Result<Piece, StoreError> {
        let before = self.length;
        // The last block may exceed the chunk size.
        let mut chunk = Vec::with_capacity(CHUNK + CHUNK / 8);
        let mut blocks = match self.blocks.take() {
            Some(blocks) => blocks,
            None => self.snapshot.blocks(before + 1..)?,
        };
        while chunk.len() < CHUNK {
            let separator = if self.length > 0 { ITEM_SEPARATOR } else { "" };
            if !blocks.append_next(separator, &mut chunk)? {
                chunk.extend_from_slice((self.closing)(self.length).as_bytes());
                return Ok((chunk.into(), None));
            }
            self.length += 1;
        }
        self.blocks = Some(blocks);
        let text = Bytes::from(chunk);
        if let Some(hash) = self.snapshot.hash(self.length)? {
            self.cache.keep_segment(before, Segment { last: self.length, hash }, &text);
        }
        Ok((text, Some(self)))
    }
}
