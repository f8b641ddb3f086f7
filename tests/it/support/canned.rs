//! A server with answers that a test chooses, such as no real node gives.

use std::net::SocketAddr;

use axum::{
    Router,
    extract::Request,
    http::{StatusCode, header},
    response::IntoResponse as _,
};
use tokio::{net::TcpListener, task::JoinHandle};

pub struct Canned {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Canned {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Canned {
    /// Answers each request with the status, the media type and the body that `answer` makes of its verb and its path.
    pub async fn start<F>(answer: F) -> Self
    where
        F: Fn(&str, &str) -> (u16, &'static str, String) + Clone + Send + Sync + 'static,
    {
        let respond = async move |request: Request| {
            let (status, kind, body) = answer(request.method().as_str(), request.uri().path());
            (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, kind)], body).into_response()
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(async move { axum::serve(listener, Router::new().fallback(respond)).await.unwrap() });
        Self { address, task }
    }

    pub fn address(&self) -> String {
        self.address.to_string()
    }
}
