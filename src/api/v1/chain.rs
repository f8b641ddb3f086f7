//! `/api/v1/blocks` and `/api/v1/headers`

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};

use super::{
    super::{ApiState, error::ApiError, json, json_text},
    ok,
    params::{Name, Page, PageParams, Params},
};
use crate::{
    ledger::BlockHash,
    node,
    store::{Reader, StoreError},
    wire::v1::{Block, Blocks, Header, Headers, Mined, PREFIX, Problem},
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
    State(state): State<ApiState>,
    Params(params): Params<PageParams>,
) -> Result<Response, ApiError> {
    let page = params.page()?;
    let (length, blocks) =
        state.node.read(move |reader| read_page(reader, page, |text| Ok(Block::of_canonical(text)))).await?;
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
    State(state): State<ApiState>,
    Params(params): Params<PageParams>,
) -> Result<Response, ApiError> {
    let page = params.page()?;
    let (length, headers) =
        state.node.read(move |reader| read_page(reader, page, |text| Ok(Header::of_canonical(text)?))).await?;
    let next = next(length, page, headers.len(), "headers");
    Ok(ok(&Headers { headers, length, next }))
}

/// Reads a page from one snapshot: the length of the chain, and what `item` makes of each text.
fn read_page<T>(
    reader: &Reader,
    page: Page,
    item: impl Fn(&str) -> Result<T, StoreError>,
) -> Result<(u64, Vec<T>), StoreError> {
    let snapshot = reader.snapshot()?;
    let (mut items, mut bytes) = (Vec::new(), 0);
    for text in snapshot.blocks(page.from)?.take(page.limit) {
        let text = text?;
        items.push(item(&text)?);
        bytes += text.len();
        if bytes >= PAGE_BYTES {
            break;
        }
    }
    Ok((snapshot.length()?, items))
}

fn next(length: u64, page: Page, count: usize, list: &str) -> Option<String> {
    let next = page.from.saturating_add(count as u64);
    (count > 0 && next <= length).then(|| format!("{PREFIX}/{list}?from={next}&limit={}", page.limit))
}

/// One block, by its index or its hash.
#[utoipa::path(
    get, path = "/blocks/{id}", tag = "chain", operation_id = "block",
    params(("id" = String, Path, description = "Index of the block, from 1, or its hash: 64 hexadecimal digits")),
    responses(
        (status = 200, body = Block),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The chain has no such block", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn block(State(state): State<ApiState>, Name(id): Name) -> Result<Response, ApiError> {
    let text = canonical_text(&state, id).await?;
    Ok(json(StatusCode::OK, format!("{}\n", Block::of_canonical(&text))))
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
pub(super) async fn text(State(state): State<ApiState>, Name(id): Name) -> Result<Response, ApiError> {
    Ok(canonical_text(&state, id).await?.into_response())
}

async fn canonical_text(state: &ApiState, id: String) -> Result<String, ApiError> {
    let wanted = id.clone();
    let find = move |reader: &Reader| {
        let index = reader.index()?;
        let text = match BlockId::read(&wanted) {
            Some(BlockId::Index(place)) => index.block(place)?,
            Some(BlockId::Hash(hash)) => index.block_of_hash(&hash)?,
            None => None,
        };
        Ok((text, index.length()?))
    };
    let (text, length) = state.node.read(find).await?;
    text.ok_or_else(|| ApiError::UnknownBlock { id: id.escape_debug().to_string(), length })
}

/// What names a block.
enum BlockId {
    Index(u64),
    Hash(BlockHash),
}

impl BlockId {
    fn read(id: &str) -> Option<Self> {
        let mut hash = [0; 32];
        if hex::decode_to_slice(id, &mut hash).is_ok() {
            return Some(Self::Hash(hash.into()));
        }
        let is_index = id.bytes().all(|digit| digit.is_ascii_digit());
        id.parse().ok().filter(|_| is_index).map(Self::Index)
    }
}

/// Mines a block, which takes all payments that wait.
#[utoipa::path(
    post, path = "/blocks", tag = "chain", operation_id = "mine",
    responses(
        (status = 201, description = "The block; the header Location names it", body = Mined),
        (status = 503, description = "The node is stopping", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "The disk is full", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn mine(State(state): State<ApiState>) -> Result<Response, ApiError> {
    let node::Mined { block, tries, took } = state.node.mine().await?;
    let index = block.block().index;
    tracing::info!(index, transactions = block.block().transactions.len(), "mined a block");
    let mined = Mined { block: Block::of_canonical(block.text()), tries, took_ms: took.as_secs_f64() * 1000.0 };
    let location = [(header::LOCATION, format!("{PREFIX}/blocks/{index}"))];
    Ok((location, json(StatusCode::CREATED, json_text(&mined))).into_response())
}
