//! HTTP to one node, with an end to every wait.

use std::{net::SocketAddr, time::Duration};

/// Who waits longer than this waits for ever.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub text: String,
}

/// Why there is no answer, or not a whole one.
#[derive(Debug)]
pub struct NoAnswer {
    /// The node did not end the connection, it just said nothing.
    pub hung: bool,
    pub reason: String,
}

impl From<NoAnswer> for String {
    fn from(no_answer: NoAnswer) -> Self {
        format!("no answer: {}", no_answer.reason)
    }
}

impl Client {
    pub fn new(address: SocketAddr) -> Self {
        let http = reqwest::Client::builder().no_proxy().timeout(LONGEST_WAIT).build().expect("an HTTP client");
        Self { http, base: format!("http://{address}") }
    }

    pub async fn get(&self, path: &str) -> Result<Answer, NoAnswer> {
        self.send(path, self.http.get(format!("{}{path}", self.base))).await
    }

    pub async fn post(&self, path: &str, body: String) -> Result<Answer, NoAnswer> {
        self.send(path, self.http.post(format!("{}{path}", self.base)).body(body)).await
    }

    async fn send(&self, path: &str, request: reqwest::RequestBuilder) -> Result<Answer, NoAnswer> {
        let failed =
            |error: reqwest::Error| NoAnswer { hung: error.is_timeout(), reason: format!("{path}: {error:?}") };
        let response = request.send().await.map_err(failed)?;
        let status = response.status().as_u16();
        Ok(Answer { status, text: response.text().await.map_err(failed)? })
    }
}

impl Answer {
    /// The answer, if it has this status.
    pub fn expect(self, status: u16) -> Result<Self, String> {
        if self.status == status {
            Ok(self)
        } else {
            Err(format!("{} instead of {status}: {}", self.status, self.text))
        }
    }
}
