//! A chain as the body of a response. It is read from a snapshot in chunks, at the speed of the client.

use std::io;

use axum::body::Body;
use bcoin_ledger::{BlockHash, chapter::ITEM_SEPARATOR};
use bcoin_node::store::{Reader, Snapshot, StoreError, StoredBlocks};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use tokio::task::{JoinHandle, spawn_blocking};

use super::{
    body_cache::{BodyCache, Segment},
    error::ApiError,
    state::ApiState,
};
use crate::wire::answers::ChainFrame;

/// How many bytes are read at a time. The fixed cost of a chunk is small beside so many bytes.
const CHUNK: usize = 256 << 10;
/// How many cached segments are sent at a time. They need no further memory, and a thread switch for each of them would take
/// longer than sending it.
const MAX_SEGMENTS_AT_ONCE: usize = 16;

/// A snapshot of the chain, for one response.
pub(super) struct Chain {
    /// Hash of its last block. It identifies the whole chain.
    pub(super) tip: BlockHash,
    first: Vec<Bytes>,
    rest: Option<ChainText>,
}

impl Chain {
    /// Begins to read the chain as it is now.
    pub(super) async fn read(state: &ApiState, frame: ChainFrame) -> Result<Self, ApiError> {
        let cache = state.body_cache.clone();
        let begin = move |reader: &Reader| {
            let snapshot = reader.snapshot()?;
            let tip = snapshot.tip()?.hash;
            let cache = cache.clone();
            let text = ChainText { snapshot, blocks: None, length: 0, closing: frame.closing, cache };
            let (mut first, rest) = text.next_pieces()?;
            first.insert(0, frame.opening.clone().into());
            if rest.is_none() {
                first = vec![first.concat().into()];
            }
            Ok(Self { tip, first, rest })
        };
        Ok(state.node.read(begin).await?)
    }

    /// The whole body, when the chain fits one chunk.
    pub(super) fn whole(&self) -> Option<Bytes> {
        match (&self.first[..], &self.rest) {
            ([whole], None) => Some(whole.clone()),
            _ => None,
        }
    }

    /// The body of the answer. One group of pieces is read ahead while the previous one is sent, and no more: a client that stalls
    /// holds one chunk and no thread.
    pub(super) fn into_body(self) -> Body {
        if let Some(whole) = self.whole() {
            return Body::from(whole);
        }
        let rest = stream::try_unfold(self.rest.map(begin_reading), |reading| async {
            let Some(reading) = reading else { return Ok(None) };
            // A failure in the middle ends the connection, so that no client takes half a chain for a whole one.
            let (pieces, rest) = reading.await??;
            Ok::<_, io::Error>(Some((pieces, rest.map(begin_reading))))
        });
        let pieces = stream::iter([Ok(self.first)]).chain(rest).flat_map(|pieces| {
            let (pieces, error) = match pieces {
                Ok(pieces) => (pieces, None),
                Err(error) => (Vec::new(), Some(Err(error))),
            };
            stream::iter(pieces.into_iter().map(Ok).chain(error))
        });
        Body::from_stream(pieces)
    }
}

type Pieces = (Vec<Bytes>, Option<ChainText>);

fn begin_reading(text: ChainText) -> JoinHandle<io::Result<Pieces>> {
    spawn_blocking(|| text.next_pieces().map_err(io::Error::other))
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
}

impl ChainText {
    /// The next pieces, and what comes after them.
    fn next_pieces(mut self) -> Result<Pieces, StoreError> {
        let mut pieces = Vec::new();
        while pieces.len() < MAX_SEGMENTS_AT_ONCE
            && let Some(segment) = self.cache.segment_after(self.length)
        {
            if !self.holds(&segment)? {
                self.cache.forget_from(&segment);
                break;
            }
            self.length = segment.last;
            self.blocks = None;
            pieces.push(segment.text);
        }
        if pieces.is_empty() { self.read_chunk() } else { Ok((pieces, Some(self))) }
    }

    /// Whether the chain has the blocks of a segment. The hash of the last block identifies all of them.
    fn holds(&self, segment: &Segment) -> Result<bool, StoreError> {
        Ok(self.snapshot.hash(segment.last)? == Some(segment.hash))
    }

    fn read_chunk(mut self) -> Result<Pieces, StoreError> {
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
                return Ok((vec![chunk.into()], None));
            }
            self.length += 1;
        }
        self.blocks = Some(blocks);
        let text = Bytes::from(chunk);
        if let Some(hash) = self.snapshot.hash(self.length)? {
            self.cache.keep_segment(before, Segment { last: self.length, hash, text: text.clone() });
        }
        Ok((vec![text], Some(self)))
    }
}
