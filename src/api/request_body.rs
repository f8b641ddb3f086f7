//! The body of a request: how large it may be and how long it may take (docs/contract.md section 6).

use std::time::Duration;

use axum::{
    body::{Body, HttpBody as _},
    extract::{FromRef, FromRequest, Request},
};
use bytes::{Buf as _, Bytes, BytesMut};
use http_body_util::BodyExt as _;
use tokio::time::timeout;

use super::{
    error::ApiError,
    shares::{ClientAddress, Holder, Shares},
    state::ApiState,
};

/// The largest body, in bytes.
const MAX_BYTES: usize = 2 << 20;
/// Beyond so many bytes, a body waits until one of its address's places for large bodies is free.
const SMALL_BYTES: usize = 64 << 10;
/// How many bytes of a body that is too large are read and dropped. A client that is still sending would not read the answer
/// otherwise.
const MAX_DROPPED_BYTES: usize = 64 << 20;
/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The body of a request. `Content-Type` is ignored.
pub(super) struct RequestBody(pub(super) Bytes);

impl<S: Send + Sync> FromRequest<S> for RequestBody
where
    ApiState: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        // The server adds the address to each request.
        let ClientAddress(address) = *request.extensions().get().ok_or(ApiError::Panic)?;
        match timeout(
            BODY_TIMEOUT,
            read(request.into_body(), Holder::of(address), &ApiState::from_ref(state).large_bodies),
        )
        .await
        {
            Ok(body) => body.map(Self),
            Err(_) => Err(ApiError::BodyTooSlow { seconds: BODY_TIMEOUT.as_secs() }),
        }
    }
}

async fn read(mut body: Body, holder: Holder, large: &Shares) -> Result<Bytes, ApiError> {
    let expected = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let mut kept = BytesMut::with_capacity(expected.min(SMALL_BYTES));
    let (mut total, mut place) = (0_usize, None);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| ApiError::BodyBroken)?.into_data() else { continue };
        total += data.remaining();
        if total > MAX_DROPPED_BYTES {
            break;
        }
        if total > SMALL_BYTES && place.is_none() {
            place = Some(large.wait(holder).await);
            kept.reserve(expected.min(MAX_BYTES).saturating_sub(kept.len()));
        }
        if total <= MAX_BYTES {
            kept.extend_from_slice(&data);
        }
    }
    if total > MAX_BYTES { Err(ApiError::BodyTooLarge { limit: MAX_BYTES }) } else { Ok(kept.freeze()) }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn large_bodies_of_one_address_wait_for_each_other_and_for_nobody_else() {
        let large = Shares::new(4);
        let holder = |last| Holder::of([192, 0, 2, last].into());
        let read = |bytes: usize, holder| read(Body::from(vec![b' '; bytes]), holder, &large);
        let place = large.take(holder(1)).unwrap();
        let mut waiting = Box::pin(read(SMALL_BYTES + 1, holder(1)));
        assert!((&mut waiting).now_or_never().is_none());
        for (bytes, holder) in [(SMALL_BYTES, holder(1)), (MAX_BYTES, holder(2)), (MAX_BYTES, Holder::Loopback)] {
            assert_eq!(read(bytes, holder).now_or_never().unwrap().unwrap().len(), bytes);
        }
        drop(place);
        assert_eq!(waiting.now_or_never().unwrap().unwrap().len(), SMALL_BYTES + 1);
        assert!(large.take(holder(1)).is_ok(), "the place is free when the body has arrived");
    }
}
