//! `/api/v1/accounts`: what addresses have in the chain, and the transactions that name them.

use axum::{extract::State, response::Response};
use bcoin_ledger::{
    Rules as _,
    sound::{Account, Address, CheckedBlock, MATURITY, Sound, XOnlyKey},
};
use bcoin_node::store::{Reader, Snapshot, StoreError, TransactionCursor};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    super::{
        answers::ok,
        error::ApiError,
        state::SoundState,
        v1::{
            accounts::{AccountParams, cursor},
            params::{Name, Params, limit},
        },
    },
    blocks::PAGE_BYTES,
    stored::{Booked, Stored, missing},
};
use crate::wire::{
    sound::{AccountJson, AccountPage, Accounts, BookedTransaction, TransferJson},
    v1::{PREFIX, Problem},
};

/// Which page of the accounts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AccountsParams {
    /// The page begins with the first account after this address.
    #[param(pattern = "^bco1[02-9ac-hj-np-z]{59}$")]
    after: Option<String>,
    /// How many accounts at most.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<usize>,
}

/// A page of the accounts, in the order of their keys.
#[utoipa::path(
    get, path = "/accounts", tag = "accounts", operation_id = "accounts", params(AccountsParams),
    responses(
        (status = 200, body = Accounts),
        (status = 400, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn accounts(
    State(state): State<SoundState>,
    Params(params): Params<AccountsParams>,
) -> Result<Response, ApiError> {
    let limit = limit(params.limit)?;
    let after = params.after.map(|after| after.parse::<Address>()).transpose();
    let after = after.map_err(|error| ApiError::Query(format!("`after` is no address that can be used: {error}")))?;
    let read = move |reader: &Reader| {
        let (snapshot, after) = (reader.snapshot()?, after.map(|address| address.key().to_bytes()));
        // One more than the page, to find out whether there is another page.
        let after = after.as_ref().map(|key| key.as_slice());
        Ok((snapshot.accounts::<Account>(after, limit + 1)?, snapshot.account_count()?))
    };
    let (mut accounts, total) = state.node.read(read).await?;
    let more = accounts.len() > limit;
    accounts.truncate(limit);
    let accounts = accounts.iter().map(|(name, account)| Ok(to_json(key_of(name)?, account)));
    let accounts = accounts.collect::<Result<Vec<_>, StoreError>>()?;
    let next = accounts.last().filter(|_| more);
    let next = next.map(|last| format!("{PREFIX}/accounts?after={}&limit={limit}", last.address));
    Ok(ok(&Accounts { accounts, total, next }))
}

fn key_of(name: &[u8]) -> Result<XOnlyKey, StoreError> {
    let bytes = name.try_into().map_err(|_| StoreError::Damaged("the name of an account is no key".into()))?;
    Ok(XOnlyKey::from_bytes(bytes))
}

fn to_json(key: XOnlyKey, account: &Account) -> AccountJson {
    AccountJson { address: key.to_string(), balance: account.balance.units(), nonce: account.nonce }
}

/// What an address has, and its transactions, the latest first. An address that no block names has nothing. A page also ends after
/// about 4 MiB of blocks.
#[utoipa::path(
    get, path = "/accounts/{address}", tag = "accounts", operation_id = "account",
    params(("address" = String, Path, description = "The address"), AccountParams),
    responses(
        (status = 200, body = AccountPage),
        (status = 400, description = "That is no address", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn account(
    State(state): State<SoundState>,
    Name(address): Name,
    Params(params): Params<AccountParams>,
) -> Result<Response, ApiError> {
    let address: Address = address.parse().map_err(|error| ApiError::Path(format!("{error}")))?;
    let key = XOnlyKey::from(address.key());
    let (before, limit) = (params.before.as_deref().map(cursor).transpose()?, limit(params.limit)?);
    // Asked first: what a block takes in between is counted in the chain then.
    let in_memory = state.node.inspect(move |blockchain| {
        let mempool = blockchain.mempool();
        let waiting: Vec<TransferJson> = mempool.of_sender(&key).map(Into::into).collect();
        (waiting, mempool.suggested_units_per_byte(blockchain.limits()))
    });
    let (waiting, fee_per_byte) = in_memory.await?;
    let (stored, rules) = (Stored::of(&state), state.ledger.clone());
    let read_account = move |reader: &Reader| {
        let snapshot = reader.snapshot()?;
        let account = snapshot.account::<Account>(&key.to_bytes())?.unwrap_or_default();
        Ok((account, immature(&snapshot, &rules, key)?))
    };
    let (account, immature) = state.node.read(read_account).await?;
    // Two short turns hold up others less than one long one.
    let read_transactions = move |reader: &Reader| {
        let snapshot = reader.snapshot()?;
        let (found, more) = snapshot.account_transactions::<Account>(&key.to_bytes(), before, limit)?;
        let transactions = transactions(&stored, &snapshot, &found)?;
        let is_last = !more && transactions.len() == found.len();
        Ok((transactions, is_last))
    };
    let (transactions, is_last) = state.node.read(read_transactions).await?;
    let last = transactions.last().filter(|_| !is_last);
    let last = last.map(|last| (last.block, last.position));
    let next =
        last.map(|(block, position)| format!("{PREFIX}/accounts/{address}?before={block}-{position}&limit={limit}"));
    let after_waiting = waiting.last().map_or(0, |last| last.nonce.saturating_add(1));
    let next_nonce = account.nonce.max(after_waiting);
    Ok(ok(&AccountPage {
        account: to_json(key, &account),
        immature,
        next_nonce,
        waiting,
        fee_per_byte,
        transactions,
        next,
    }))
}

/// How many units the rewards of the last blocks pay to this key that are not credited yet.
fn immature(snapshot: &Snapshot, rules: &Sound, key: XOnlyKey) -> Result<u64, StoreError> {
    let length = snapshot.length()?;
    let mut units = 0;
    for encoding in snapshot.blocks(length.saturating_sub(MATURITY) + 1..)? {
        let reward = rules.delayed(&encoding?).map_err(|error| StoreError::Damaged(error.to_string()))?;
        if reward.receiver == key {
            units += reward.amount.units();
        }
    }
    Ok(units)
}

/// The transactions at these positions, up to the first one for which enough bytes of blocks were read.
fn transactions(
    stored: &Stored,
    snapshot: &Snapshot,
    positions: &[TransactionCursor],
) -> Result<Vec<BookedTransaction>, StoreError> {
    let mut transactions = Vec::new();
    let (mut read, mut bytes): (Option<(u64, CheckedBlock)>, usize) = (None, 0);
    for &(height, position) in positions {
        let missing = || missing(height, position);
        let block = match read.take().filter(|(found, _)| *found == height) {
            Some((_, block)) => block,
            None if bytes >= PAGE_BYTES => break,
            None => {
                let encoding = snapshot.block(height)?.ok_or_else(missing)?;
                bytes += encoding.len();
                stored.block(height, encoding)?
            }
        };
        let booked = Booked { block, place: position.checked_sub(1).ok_or_else(missing)? };
        let transaction = booked.transaction().ok_or_else(missing)?;
        transactions.push(BookedTransaction { block: height, position, transaction });
        read = Some((height, booked.block));
    }
    Ok(transactions)
}
