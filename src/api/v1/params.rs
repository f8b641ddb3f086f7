//! Extractors for the address of a request: the name in its path, and the query.

use axum::{
    extract::{FromRequestParts, Path, Query},
    http::request::Parts,
};
use bcoin_ledger::chapter::MAX_INTEGER;
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::IntoParams;

use super::super::error::ApiError;
use crate::wire::v1::{DEFAULT_PAGE, MAX_PAGE, MIN_PAGE};

/// The name in a path.
pub(in crate::api) struct Name(pub(in crate::api) String);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match <Path<String>>::from_request_parts(parts, state).await {
            Ok(Path(name)) => Ok(Self(name)),
            Err(rejection) => Err(ApiError::Path(rejection.to_string())),
        }
    }
}

/// The query, read as `T`.
pub(in crate::api) struct Params<T>(pub(in crate::api) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let query = Query::try_from_uri(&parts.uri);
        query.map(|Query(params)| Self(params)).map_err(|rejection| ApiError::Query(rejection.body_text()))
    }
}

/// Which page of a list.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct PageParams {
    /// The first item, counted from 1.
    #[param(minimum = 1, maximum = 9_223_372_036_854_775_807_i64, default = 1)]
    from: Option<u64>,
    /// How many items at most.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<usize>,
}

/// A page of a list, within its bounds.
#[derive(Clone, Copy, Debug)]
pub(in crate::api) struct Page {
    /// The first item, counted from 1.
    pub(in crate::api) from: u64,
    /// How many items at most.
    pub(in crate::api) limit: usize,
}

impl PageParams {
    /// The page that the parameters name.
    pub(in crate::api) fn page(self) -> Result<Page, ApiError> {
        Ok(Page { from: from(self.from)?, limit: limit(self.limit)? })
    }
}

/// Where a piece of the chain begins.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct PieceParams {
    /// Index of the first block.
    #[param(minimum = 1, maximum = 9_223_372_036_854_775_807_i64, default = 1)]
    from: Option<u64>,
}

impl PieceParams {
    /// The index of its first block.
    pub(in crate::api) fn from(self) -> Result<u64, ApiError> {
        from(self.from)
    }
}

/// Checks the `from` of a request.
fn from(wanted: Option<u64>) -> Result<u64, ApiError> {
    let from = wanted.unwrap_or(1);
    if (1..=MAX_INTEGER).contains(&from) {
        Ok(from)
    } else {
        Err(ApiError::Query(format!("`from` counts from 1, so it cannot be {from}")))
    }
}

/// Checks the `limit` of a request.
pub(in crate::api) fn limit(wanted: Option<usize>) -> Result<usize, ApiError> {
    let limit = wanted.unwrap_or(DEFAULT_PAGE);
    if (MIN_PAGE..=MAX_PAGE).contains(&limit) {
        Ok(limit)
    } else {
        Err(ApiError::Query(format!("`limit` is a number from {MIN_PAGE} to {MAX_PAGE}, not {limit}")))
    }
}
