//! `/api/v1/accounts`: who received and sent how much, from the index beside the chain.

use axum::{extract::State, response::Response};
use serde::Deserialize;
use url::form_urlencoded;
use utoipa::IntoParams;

use super::{
    super::{ApiState, error::ApiError},
    ok,
    params::{Name, Params, limit},
};
use crate::{
    store::{PaymentPlace, Reader},
    wire::v1::{AccountPage, Accounts, PREFIX, Problem},
};

/// Which page of the accounts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AccountsParams {
    /// The page begins with the first name after this one.
    after: Option<String>,
    /// How many accounts at most.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<usize>,
}

/// A page of the accounts, sorted by name.
#[utoipa::path(
    get, path = "/accounts", tag = "accounts", operation_id = "accounts", params(AccountsParams),
    responses(
        (status = 200, body = Accounts),
        (status = 400, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn accounts(
    State(state): State<ApiState>,
    Params(params): Params<AccountsParams>,
) -> Result<Response, ApiError> {
    let limit = limit(params.limit)?;
    let read = move |reader: &Reader| {
        let index = reader.index()?;
        // One more than the page tells whether there is another page.
        Ok((index.accounts(params.after.as_deref(), limit + 1)?, index.account_count()?))
    };
    let (mut accounts, total) = state.node.read(read).await?;
    let more = accounts.len() > limit;
    accounts.truncate(limit);
    let next = accounts.last().filter(|_| more).map(|last| {
        let after: String = form_urlencoded::byte_serialize(last.name.as_bytes()).collect();
        format!("{PREFIX}/accounts?after={after}&limit={limit}")
    });
    Ok(ok(&Accounts { accounts, total, next }))
}

/// Which page of an account's transactions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AccountParams {
    /// The page begins with the first transaction before this place: a block and a position in it.
    #[param(pattern = "^[0-9]{1,18}-[0-9]{1,9}$")]
    before: Option<String>,
    /// How many transactions at most.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<usize>,
}

/// An account and its transactions, the latest first.
#[utoipa::path(
    get, path = "/accounts/{name}", tag = "accounts", operation_id = "account",
    params(("name" = String, Path, description = "The name, percent-encoded"), AccountParams),
    responses(
        (status = 200, body = AccountPage),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No payment names it", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn account(
    State(state): State<ApiState>,
    Name(name): Name,
    Params(params): Params<AccountParams>,
) -> Result<Response, ApiError> {
    let (before, limit) = (params.before.as_deref().map(place).transpose()?, limit(params.limit)?);
    let wanted = name.clone();
    let read = move |reader: &Reader| {
        let index = reader.index()?;
        Ok((index.account(&wanted)?, index.account_payments(&wanted, before, limit)?))
    };
    let (account, (transactions, last)) = state.node.read(read).await?;
    let account = account.ok_or_else(|| ApiError::UnknownAccount(name.escape_debug().to_string()))?;
    let next = last.map(|(block, position)| {
        let name: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
        // In a path a plus is a plus.
        format!("{PREFIX}/accounts/{}?before={block}-{position}&limit={limit}", name.replace('+', "%20"))
    });
    Ok(ok(&AccountPage { account, transactions, next }))
}

fn place(text: &str) -> Result<PaymentPlace, ApiError> {
    let read = |(block, position): (&str, &str)| Some((block.parse().ok()?, position.parse().ok()?));
    text.split_once('-').and_then(read).ok_or_else(|| {
        let text: String = text.chars().take(40).collect();
        ApiError::Query(format!("`before` is a block and a position in it, such as 17-2, not {text:?}"))
    })
}
