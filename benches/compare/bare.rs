//! The limit of the framework: a bare axum server that parses the bodies of requests, verifies signatures, and keeps nothing.

use std::{error::Error, path::Path};

use axum::{
    Router,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::{get, post},
    serve::ListenerExt as _,
};
use bcoin_ledger::sound::{Address, Note, SighashEngine, Signature, Transfer};
use bcoin_testkit::sound::instant;
use bytes::Bytes;
use serde::Deserialize;
use tokio::net::TcpListener;

use crate::room::ROOM;

/// The argument that makes this program run as that server.
pub const ROLE: &str = "bare";

/// The answer to a transaction.
const ADDED: &[u8] = b"{\"message\": \"This transaction will be added to the Block 2\"}";

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is parsed, and dropped")]
struct Transaction {
    sender: String,
    receiver: String,
    amount: serde_json::Number,
}

#[derive(Deserialize)]
struct SignedTransfer {
    sender: String,
    receiver: String,
    amount: u64,
    fee: u64,
    nonce: u64,
    note: String,
    signature: String,
}

impl SignedTransfer {
    /// Whether both addresses are some, and the sender has signed the transfer for the network of the benchmarks.
    fn is_signed(&self, signing: &SighashEngine) -> Option<bool> {
        let sender = self.sender.parse::<Address>().ok()?.key();
        let transfer = Transfer {
            sender: sender.into(),
            receiver: self.receiver.parse::<Address>().ok()?.key().into(),
            amount: self.amount,
            fee: self.fee,
            nonce: self.nonce,
            note: Note::new(&hex::decode(&self.note).ok()?).ok()?,
            signature: Signature::from_bytes(hex::decode(&self.signature).ok()?.try_into().ok()?),
        };
        Some(sender.verify(&transfer.sighash(signing), &transfer.signature))
    }
}

/// Serves on a free port until it is killed. `/get_chain` answers the bytes of `file`.
pub fn serve(file: &Path) -> Result<(), Box<dyn Error>> {
    let body = Bytes::from(std::fs::read(file)?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let network = instant(ROOM);
    let signing = network.network().sighash_engine().clone();
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("listening on http://{}", listener.local_addr()?);
        let router = Router::new()
            .route("/add_transaction", post(add_transaction))
            .route("/add_transfer", post(async move |body| add_transfer(&signing, body)))
            .route("/get_chain", get(async move || json(StatusCode::OK, body)));
        // As B-Coin's connections have it. An error is ignored.
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        Ok(axum::serve(listener, router).await?)
    })
}

async fn add_transaction(body: Bytes) -> impl IntoResponse {
    match serde_json::from_slice::<Transaction>(&body) {
        Ok(_) => json(StatusCode::CREATED, Bytes::from_static(ADDED)),
        Err(_) => json(StatusCode::BAD_REQUEST, Bytes::new()),
    }
}

fn add_transfer(signing: &SighashEngine, body: Bytes) -> impl IntoResponse + use<> {
    let transfer = serde_json::from_slice::<SignedTransfer>(&body);
    match transfer.is_ok_and(|transfer| transfer.is_signed(signing) == Some(true)) {
        true => json(StatusCode::CREATED, Bytes::from_static(ADDED)),
        false => json(StatusCode::BAD_REQUEST, Bytes::new()),
    }
}

fn json(status: StatusCode, body: Bytes) -> impl IntoResponse + use<> {
    (status, [(header::CONTENT_TYPE, "application/json")], body)
}
