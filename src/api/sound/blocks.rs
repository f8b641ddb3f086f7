//! `/api/v1/blocks` and `/api/v1/headers`: the chain, and the blocks beside it.

use axum::{
    Extension,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use bcoin_node::{
    Mined,
    store::{Reader, StoreError},
};
use serde_json::value::to_raw_value;

use super::{
    super::{
        answers::{json, json_text, ok},
        error::ApiError,
        shares::ClientAddress,
        state::SoundState,
        v1::params::{Name, Page, PageParams, Params},
    },
    mining,
    stored::{Found, Stored, header_bytes},
};
use crate::{
    format::milliseconds,
    wire::{
        sound::{BlockJson, Blocks, FoundBlock, HeaderJson, Headers, MinedJson, RawHeaderJson, RawJson},
        v1::{PREFIX, Problem},
    },
};

/// A page ends when this many bytes were written or read for it, however few its items are.
pub(super) const PAGE_BYTES: usize = 4 << 20;

/// A page of the chain.
#[utoipa::path(
    get, path = "/blocks", tag = "chain", operation_id = "blocks", params(PageParams),
    responses(
        (status = 200, description = "The blocks from index `from` on; a page also ends after about 4 MiB", body = Blocks),
        (status = 400, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn blocks(
    State(state): State<SoundState>,
    Params(params): Params<PageParams>,
) -> Result<Response, ApiError> {
    let (page, stored) = (params.page()?, Stored::of(&state));
    let read = move |reader: &Reader| {
        let snapshot = reader.snapshot()?;
        let (mut blocks, mut bytes) = (Vec::new(), 0);
        for (height, encoding) in (page.from..).zip(snapshot.blocks(page.from..)?.take(page.limit)) {
            let block = BlockJson::from(&stored.block(height, encoding?)?);
            let text = to_raw_value(&block).map_err(std::io::Error::other)?;
            bytes += text.get().len();
            blocks.push(text);
            if bytes >= PAGE_BYTES {
                break;
            }
        }
        Ok((blocks, snapshot.length()?))
    };
    let (blocks, length) = state.node.read(read).await?;
    let next = next(length, page, blocks.len(), "blocks");
    Ok(ok(&Blocks { blocks, length, next }))
}

/// A page of headers: blocks without their transactions.
#[utoipa::path(
    get, path = "/headers", tag = "chain", operation_id = "headers", params(PageParams),
    responses(
        (status = 200, description = "The headers from index `from` on; a page also ends after about 4 MiB of blocks", body = Headers),
        (status = 400, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn headers(
    State(state): State<SoundState>,
    Params(params): Params<PageParams>,
) -> Result<Response, ApiError> {
    let (page, stored) = (params.page()?, Stored::of(&state));
    let read = move |reader: &Reader| {
        let snapshot = reader.snapshot()?;
        let (mut headers, mut bytes) = (Vec::new(), 0);
        for height in (page.from..).take(page.limit) {
            let Some(summary) = stored.summary(&snapshot, height)? else { break };
            headers.push(HeaderJson::from(&summary));
            bytes += summary.bytes;
            if bytes >= PAGE_BYTES {
                break;
            }
        }
        Ok((headers, snapshot.length()?))
    };
    let (headers, length) = state.node.read(read).await?;
    let next = next(length, page, headers.len(), "headers");
    Ok(ok(&Headers { headers, length, next }))
}

fn next(length: u64, page: Page, count: usize, list: &str) -> Option<String> {
    let next = page.from.saturating_add(count as u64);
    (count > 0 && next <= length).then(|| format!("{PREFIX}/{list}?from={next}&limit={}", page.limit))
}

/// One block, by its index in the chain or by its hash, also when it stands on a branch beside the chain.
#[utoipa::path(
    get, path = "/blocks/{id}", tag = "chain", operation_id = "block",
    params(("id" = String, Path, description = "Index of the block, from 1, or its hash: 64 hexadecimal digits")),
    responses(
        (status = 200, body = FoundBlock),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such block", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn block(State(state): State<SoundState>, Name(id): Name) -> Result<Response, ApiError> {
    let stored = Stored::of(&state);
    let block = found(&state, id, move |Found { tip, encoding, is_active }| {
        Ok(FoundBlock { block: (&stored.block_at(tip, encoding)?).into(), active: is_active })
    });
    Ok(ok(&block.await?))
}

/// The encoding of a block.
#[utoipa::path(
    get, path = "/blocks/{id}/raw", tag = "chain", operation_id = "block_raw",
    params(("id" = String, Path, description = "Index of the block, from 1, or its hash: 64 hexadecimal digits")),
    responses(
        (status = 200, body = RawJson),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such block", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn raw(State(state): State<SoundState>, Name(id): Name) -> Result<Response, ApiError> {
    let raw = found(&state, id, |block| Ok(RawJson { raw: hex::encode(block.encoding) }));
    Ok(ok(&raw.await?))
}

/// The 80 bytes of a block's header, which are hashed.
#[utoipa::path(
    get, path = "/blocks/{id}/header", tag = "chain", operation_id = "block_header",
    params(("id" = String, Path, description = "Index of the block, from 1, or its hash: 64 hexadecimal digits")),
    responses(
        (status = 200, body = RawHeaderJson),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such block", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn header_of(State(state): State<SoundState>, Name(id): Name) -> Result<Response, ApiError> {
    let header = found(&state, id, |block| Ok(RawHeaderJson { header: hex::encode(header_bytes(&block.encoding)?) }));
    Ok(ok(&header.await?))
}

/// What `make` makes of the block with this name.
async fn found<T: Send + 'static>(
    state: &SoundState,
    id: String,
    make: impl Fn(Found) -> Result<T, StoreError> + Clone + Send + 'static,
) -> Result<T, ApiError> {
    let (stored, wanted) = (Stored::of(state), id.clone());
    let find = move |reader: &Reader| {
        let snapshot = reader.snapshot()?;
        let found = stored.find(&snapshot, &wanted)?.map(&make).transpose()?;
        Ok((found, snapshot.length()?))
    };
    let (found, length) = state.node.read(find).await?;
    found.ok_or_else(|| ApiError::UnknownBlock { id: id.escape_debug().to_string(), length })
}

/// Mines a block on the template that pays most.
#[utoipa::path(
    post, path = "/blocks", tag = "chain", operation_id = "mine",
    responses(
        (status = 201, description = "The block; the header Location names it", body = MinedJson),
        (status = 409, description = "`no-receiver`: nobody is paid for blocks of this node; start it with --miner ADDRESS", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`too-many-blocks`: too many requests of this address, or of all, wait for a block, and Retry-After says when to ask again; `clock-behind`: the clock of this machine is behind the chain; `stopping`", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "The disk is full", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn mine(
    State(state): State<SoundState>,
    Extension(client): Extension<ClientAddress>,
) -> Result<Response, ApiError> {
    let Mined { block, trials, took } = mining::mine(&state, client).await?;
    let block = BlockJson::from(&block);
    tracing::info!(index = block.index, transactions = block.transactions.len(), "mined a block");
    let location = [(header::LOCATION, format!("{PREFIX}/blocks/{}", block.index))];
    let mined = MinedJson { block, tries: trials, took_ms: milliseconds(took) };
    Ok((location, json(StatusCode::CREATED, json_text(&mined))).into_response())
}
