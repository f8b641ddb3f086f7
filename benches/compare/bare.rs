//! The limit of the framework: a bare axum server that parses the bodies of requests and keeps nothing.

use std::{error::Error, path::Path};

use axum::{
    Router,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::{get, post},
    serve::ListenerExt as _,
};
use bytes::Bytes;
use serde::Deserialize;
use tokio::net::TcpListener;

/// The argument that makes this program run as that server.
pub const ROLE: &str = "bare";

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is parsed, and dropped")]
struct Transaction {
    sender: String,
    receiver: String,
    amount: serde_json::Number,
}

/// Serves on a free port until it is killed. `/get_chain` answers the bytes of `file`.
pub fn serve(file: &Path) -> Result<(), Box<dyn Error>> {
    let body = Bytes::from(std::fs::read(file)?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("listening on http://{}", listener.local_addr()?);
        let router = Router::new()
            .route("/add_transaction", post(add_transaction))
            .route("/get_chain", get(async move || json(StatusCode::OK, body)));
        // As B-Coin's connections have it. An error is ignored.
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        Ok(axum::serve(listener, router).await?)
    })
}

async fn add_transaction(body: Bytes) -> impl IntoResponse {
    match serde_json::from_slice::<Transaction>(&body) {
        Ok(_) => json(
            StatusCode::CREATED,
            Bytes::from_static(b"{\"message\": \"This transaction will be added to the Block 2\"}"),
        ),
        Err(_) => json(StatusCode::BAD_REQUEST, Bytes::new()),
    }
}

fn json(status: StatusCode, body: Bytes) -> impl IntoResponse + use<> {
    (status, [(header::CONTENT_TYPE, "application/json")], body)
}
