//! `/api/v1/chain`: what other nodes fetch of the chain, in hexadecimal digits and in bounded pieces.

use std::sync::Arc;

use axum::{Extension, extract::State, http::StatusCode, response::Response};
use bcoin_node::store::{Reader, StoreError};

use super::{
    super::{
        answers::json,
        error::ApiError,
        shares::{ClientAddress, Holder},
        state::SoundState,
        v1::params::{Params, PieceParams},
    },
    blocks::PAGE_BYTES,
    stored::header_bytes,
};
use crate::wire::{
    sound::{ChainPiece, HeaderPiece, MAX_HEADERS},
    v1::Problem,
};

/// How many bytes of blocks are read for a piece; the last block may exceed it.
const MAX_READ_BYTES: usize = 16 << 20;

/// A piece of the chain: the encodings of blocks.
#[utoipa::path(
    get, path = "/chain", tag = "chain", operation_id = "piece", params(PieceParams),
    responses(
        (status = 200, description = "The blocks from index `from` on; it ends after about 4 MiB, and has no block beyond the end of the chain", body = ChainPiece),
        (status = 400, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn piece(
    State(state): State<SoundState>,
    Params(params): Params<PieceParams>,
) -> Result<Response, ApiError> {
    let from = params.from()?;
    let piece = state.node.read(move |reader| read(reader, "chain", from, usize::MAX, |block| Ok(hex::encode(block))));
    Ok(json(StatusCode::OK, piece.await?))
}

/// A piece of the chain's headers.
#[utoipa::path(
    get, path = "/chain/headers", tag = "chain", operation_id = "header_piece", params(PieceParams),
    responses(
        (status = 200, description = "The headers of up to 10,000 blocks from index `from` on, and of about 16 MiB of blocks", body = HeaderPiece),
        (status = 400, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn header_piece(
    State(state): State<SoundState>,
    Extension(client): Extension<ClientAddress>,
    Params(params): Params<PieceParams>,
) -> Result<Response, ApiError> {
    let from = params.from()?;
    // Waiting for its share first, an address has no more than that in the queue for a thread. The place is kept until the reading
    // ends, whether the client is still there or not.
    let place = Arc::new(state.header_pieces.wait(Holder::of(client.0)).await);
    let header = |block: &[u8]| header_bytes(block).map(hex::encode);
    let read = move |reader: &Reader| {
        let _place = place.clone();
        read(reader, "headers", from, MAX_HEADERS, header)
    };
    Ok(json(StatusCode::OK, state.node.read_on(&state.chunks, read).await?))
}

/// The list of this name, with up to `limit` items of blocks from this height on.
fn read(
    reader: &Reader,
    list: &str,
    from: u64,
    limit: usize,
    item: impl Fn(&[u8]) -> Result<String, StoreError>,
) -> Result<Vec<u8>, StoreError> {
    let (mut text, mut count, mut bytes) = (format!("{{\"{list}\":[").into_bytes(), 0, 0);
    for block in reader.snapshot()?.blocks(from..)?.take(limit) {
        if text.len() >= PAGE_BYTES || bytes >= MAX_READ_BYTES {
            break;
        }
        let block = block?;
        bytes += block.len();
        let item = item(&block)?;
        text.extend_from_slice(if count == 0 { b"\"" } else { b",\"" });
        text.extend_from_slice(item.as_bytes());
        text.push(b'"');
        count += 1;
    }
    text.extend_from_slice(format!("],\"length\":{count}}}\n").as_bytes());
    Ok(text)
}
