//! `/api/v1/accounts`: who received and sent how much, from the index beside the chain.

use axum::{extract::State, response::Response};
use bcoin_ledger::chapter::{Account, Block};
use bcoin_node::store::{Reader, Snapshot, StoreError, TransactionCursor};
use serde::Deserialize;
use url::form_urlencoded;
use utoipa::IntoParams;

use super::{
    super::{answers::ok, error::ApiError, state::ChapterState},
    convert,
    params::{Name, Params, limit},
};
use crate::wire::v1::{AccountPage, Accounts, BookedTransaction, PREFIX, Problem};

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
    State(state): State<ChapterState>,
    Params(params): Params<AccountsParams>,
) -> Result<Response, ApiError> {
    let limit = limit(params.limit)?;
    let read = move |reader: &Reader| {
        let snapshot = reader.snapshot()?;
        let after = params.after.as_deref().map(str::as_bytes);
        // One more than the page, to find out whether there is another page.
        Ok((snapshot.accounts::<Account>(after, limit + 1)?, snapshot.account_count()?))
    };
    let (mut accounts, total) = state.node.read(read).await?;
    let more = accounts.len() > limit;
    accounts.truncate(limit);
    let next = accounts.last().filter(|_| more).map(|(last, _)| {
        let after: String = form_urlencoded::byte_serialize(last).collect();
        format!("{PREFIX}/accounts?after={after}&limit={limit}")
    });
    let accounts =
        accounts.iter().map(|(name, account)| convert::account(String::from_utf8_lossy(name).into_owned(), account));
    Ok(ok(&Accounts { accounts: accounts.collect(), total, next }))
}

/// Which page of an account's transactions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct AccountParams {
    /// The page begins with the first transaction before this place: a block and a position in it.
    #[param(pattern = "^[0-9]{1,18}-[0-9]{1,9}$")]
    pub(in crate::api) before: Option<String>,
    /// How many transactions at most.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub(in crate::api) limit: Option<usize>,
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
    State(state): State<ChapterState>,
    Name(name): Name,
    Params(params): Params<AccountParams>,
) -> Result<Response, ApiError> {
    let (before, limit) = (params.before.as_deref().map(cursor).transpose()?, limit(params.limit)?);
    let wanted = name.clone();
    let read = move |reader: &Reader| {
        let snapshot = reader.snapshot()?;
        let account = snapshot.account::<Account>(wanted.as_bytes())?;
        let (found, more) = snapshot.account_transactions::<Account>(wanted.as_bytes(), before, limit)?;
        let next = found.last().copied().filter(|_| more);
        Ok((account, transactions(&snapshot, &found)?, next))
    };
    let (account, transactions, last) = state.node.read(read).await?;
    let account = account.ok_or_else(|| ApiError::UnknownAccount(name.escape_debug().to_string()))?;
    let next = last.map(|(block, position)| {
        let name: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
        // In a path a plus means a plus, not a space.
        format!("{PREFIX}/accounts/{}?before={block}-{position}&limit={limit}", name.replace('+', "%20"))
    });
    Ok(ok(&AccountPage { account: convert::account(name, &account), transactions, next }))
}

/// The transactions at these positions.
fn transactions(snapshot: &Snapshot, positions: &[TransactionCursor]) -> Result<Vec<BookedTransaction>, StoreError> {
    let mut transactions = Vec::new();
    let mut read: Option<Block> = None;
    for &(height, position) in positions {
        let missing = || {
            StoreError::Damaged(format!("transaction {position} of block {height}, which an account names, is missing"))
        };
        let block = match read.take().filter(|block| block.index == height) {
            Some(block) => block,
            None => {
                let bytes = snapshot.block(height)?.ok_or_else(missing)?;
                Block::from_stored_json_bytes(&bytes).map_err(|error| StoreError::Damaged(error.to_string()))?
            }
        };
        let index = (position as usize).checked_sub(1).ok_or_else(missing)?;
        let transaction = block.transactions.get(index).ok_or_else(missing)?.into();
        transactions.push(BookedTransaction { block: height, position: position.into(), transaction });
        read = Some(block);
    }
    Ok(transactions)
}

pub(in crate::api) fn cursor(text: &str) -> Result<TransactionCursor, ApiError> {
    let read = |(block, position): (&str, &str)| Some((block.parse().ok()?, position.parse().ok()?));
    text.split_once('-').and_then(read).ok_or_else(|| {
        let text: String = text.chars().take(40).collect();
        ApiError::Query(format!("`before` is a block and a position in it, such as 17-2, not {text:?}"))
    })
}
