//! `/api/v1/blocks`, `/api/v1/headers` and `/api/v1/chain`: the chain.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use bcoin_ledger::chapter::{BlockSummary, ITEM_SEPARATOR};
use bcoin_node::{
    Mined,
    store::{Reader, StoreError},
};

use super::{
    super::{
        answers::{json, json_text, ok},
        block_id::BlockId,
        error::ApiError,
        state::ChapterState,
    },
    convert,
    params::{Name, Page, PageParams, Params, PieceParams},
};
use crate::{
    format::milliseconds,
    wire::v1::{BlockJson, Blocks, ChainPiece, Headers, MinedJson, PREFIX, Problem},
};

/// A page of blocks ends when its texts have this many bytes, however few they are.
const PAGE_BYTES: usize = 4 << 20;

/// A page of the chain.
#[utoipa::path(
    get, path = "/blocks", tag = "chain", operation_id = "blocks", params(PageParams),
    responses(
        (status = 200, description = "The blocks from index `from` on; a page also ends after about 4 MiB", body = Blocks),
        (status = 400, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn blocks(
    State(state): State<ChapterState>,
    Params(params): Params<PageParams>,
) -> Result<Response, ApiError> {
    let page = params.page()?;
    let (length, blocks) =
        state.node.read(move |reader| read_page(reader, page, |text| Ok(convert::block(text)))).await?;
    let next = next(length, page, blocks.len(), "blocks");
    Ok(ok(&Blocks { blocks, length, next }))
}

/// A page of headers: blocks without their transactions.
#[utoipa::path(
    get, path = "/headers", tag = "chain", operation_id = "headers", params(PageParams),
    responses(
        (status = 200, description = "The headers from index `from` on", body = Headers),
        (status = 400, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn headers(
    State(state): State<ChapterState>,
    Params(params): Params<PageParams>,
) -> Result<Response, ApiError> {
    let page = params.page()?;
    let (length, headers) = state.node.read(move |reader| read_page(reader, page, summary)).await?;
    let next = next(length, page, headers.len(), "headers");
    let headers = headers.iter().map(Into::into).collect();
    Ok(ok(&Headers { headers, length, next }))
}

fn summary(text: &str) -> Result<BlockSummary, StoreError> {
    BlockSummary::from_canonical(text).map_err(|error| StoreError::Damaged(error.to_string()))
}

/// Reads a page from one snapshot: the length of the chain, and what `item` makes of each text.
fn read_page<T>(
    reader: &Reader,
    page: Page,
    item: impl Fn(&str) -> Result<T, StoreError>,
) -> Result<(u64, Vec<T>), StoreError> {
    let snapshot = reader.snapshot()?;
    let (mut items, mut bytes) = (Vec::new(), 0);
    for block in snapshot.blocks(page.from..)?.take(page.limit) {
        let text = text_of(block?)?;
        items.push(item(&text)?);
        bytes += text.len();
        if bytes >= PAGE_BYTES {
            break;
        }
    }
    Ok((snapshot.length()?, items))
}

fn text_of(block: Vec<u8>) -> Result<String, StoreError> {
    String::from_utf8(block).map_err(|_| StoreError::Damaged("a block is not UTF-8".into()))
}

fn next(length: u64, page: Page, count: usize, list: &str) -> Option<String> {
    let next = page.from.saturating_add(count as u64);
    (count > 0 && next <= length).then(|| format!("{PREFIX}/{list}?from={next}&limit={}", page.limit))
}

/// A piece of the chain, in the form of `/get_chain`: other nodes fetch what they lack.
#[utoipa::path(
    get, path = "/chain", tag = "chain", operation_id = "piece", params(PieceParams),
    responses(
        (status = 200, description = "The blocks from index `from` on, byte for byte as they are hashed; it ends after about 4 MiB, and has no block beyond the end of the chain", body = ChainPiece),
        (status = 400, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn piece(
    State(state): State<ChapterState>,
    Params(params): Params<PieceParams>,
) -> Result<Response, ApiError> {
    let from = params.from()?;
    let piece = state.node.read(move |reader| read_piece(reader, from)).await?;
    Ok(json(StatusCode::OK, piece))
}

fn read_piece(reader: &Reader, from: u64) -> Result<Vec<u8>, StoreError> {
    let mut blocks = reader.snapshot()?.blocks(from..)?;
    let (mut text, mut count) = (b"{\"chain\": [".to_vec(), 0);
    while text.len() < PAGE_BYTES && blocks.append_next(if count == 0 { "" } else { ITEM_SEPARATOR }, &mut text)? {
        count += 1;
    }
    text.extend_from_slice(format!("], \"length\": {count}}}\n").as_bytes());
    Ok(text)
}

/// One block, by its index or its hash.
#[utoipa::path(
    get, path = "/blocks/{id}", tag = "chain", operation_id = "block",
    params(("id" = String, Path, description = "Index of the block, from 1, or its hash: 64 hexadecimal digits")),
    responses(
        (status = 200, body = BlockJson),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The chain has no such block", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn block(State(state): State<ChapterState>, Name(id): Name) -> Result<Response, ApiError> {
    let text = canonical_text(&state, id).await?;
    Ok(json(StatusCode::OK, format!("{}\n", convert::block(&text))))
}

/// The canonical text of a block, byte for byte what is hashed: its SHA-256 is the block's hash.
#[utoipa::path(
    get, path = "/blocks/{id}/text", tag = "chain", operation_id = "block_text",
    params(("id" = String, Path, description = "Index of the block, from 1, or its hash: 64 hexadecimal digits")),
    responses(
        (status = 200, body = String, content_type = "text/plain; charset=utf-8"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The chain has no such block", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn text(State(state): State<ChapterState>, Name(id): Name) -> Result<Response, ApiError> {
    Ok(canonical_text(&state, id).await?.into_response())
}

async fn canonical_text(state: &ChapterState, id: String) -> Result<String, ApiError> {
    let wanted = id.clone();
    let find = move |reader: &Reader| {
        let snapshot = reader.snapshot()?;
        let height = match BlockId::read(&wanted) {
            Some(BlockId::Index(index)) => Some(index),
            Some(BlockId::Hash(hash)) => snapshot.height_of(&hash)?,
            None => None,
        };
        let block = height.map(|height| snapshot.block(height)).transpose()?.flatten();
        Ok((block.map(text_of).transpose()?, snapshot.length()?))
    };
    let (text, length) = state.node.read(find).await?;
    text.ok_or_else(|| ApiError::UnknownBlock { id: id.escape_debug().to_string(), length })
}

/// Mines a block, which takes the payments that wait.
#[utoipa::path(
    post, path = "/blocks", tag = "chain", operation_id = "mine",
    responses(
        (status = 201, description = "The block; the header Location names it", body = MinedJson),
        (status = 503, description = "The node is stopping", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "The disk is full", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn mine(State(state): State<ChapterState>) -> Result<Response, ApiError> {
    let Mined { block, trials, took } = state.node.mine().await?;
    let index = block.block().index;
    tracing::info!(index, transactions = block.block().transactions.len(), "mined a block");
    let mined = MinedJson { block: convert::block(block.text()), tries: trials, took_ms: milliseconds(took) };
    let location = [(header::LOCATION, format!("{PREFIX}/blocks/{index}"))];
    Ok((location, json(StatusCode::CREATED, json_text(&mined))).into_response())
}
