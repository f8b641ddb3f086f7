//! The body of a request: how large it may be and how long it may take (docs/contract.md section 6).

use std::time::Duration;

use axum::{
    body::{Body, HttpBody as _},
    extract::{FromRequest, Request},
};
use bytes::{Buf as _, Bytes, BytesMut};
use http_body_util::BodyExt as _;
use tokio::time::timeout;

use super::error::ApiError;

/// The largest body, in bytes.
const MAX_BYTES: usize = 2 << 20;
/// How many bytes of a body that is too large are read and dropped. A client that is still sending would not read the answer
/// otherwise.
const MAX_DROPPED_BYTES: usize = 64 << 20;
/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The body of a request. `Content-Type` is ignored.
pub(super) struct RequestBody(pub(super) Bytes);

impl<S: Sync> FromRequest<S> for RequestBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        match timeout(BODY_TIMEOUT, read(request.into_body())).await {
            Ok(body) => body.map(Self),
            Err(_) => Err(ApiError::BodyTooSlow { seconds: BODY_TIMEOUT.as_secs() }),
        }
    }
}

async fn read(mut body: Body) -> Result<Bytes, ApiError> {
    let expected = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let mut kept = BytesMut::with_capacity(expected.min(MAX_BYTES));
    let mut total = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| ApiError::BodyBroken)?.into_data() else { continue };
        total += data.remaining();
        if total > MAX_DROPPED_BYTES {
            break;
        }
        if total <= MAX_BYTES {
            kept.extend_from_slice(&data);
        }
    }
    if total > MAX_BYTES { Err(ApiError::BodyTooLarge { limit: MAX_BYTES }) } else { Ok(kept.freeze()) }
}
