//! HTTP clients for one node, with a time limit for every request. [`Client`] returns errors; [`Http`] panics at the first one.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use reqwest::{Body, RequestBuilder, header::HeaderMap};
use serde_json::Value;

/// How long a node may take to answer. After that it counts as hanging.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// The same for [`Http`]. It is longer, because an unoptimised node on a busy machine is slow, and because it also limits how
/// long a stream of events stays open.
const TEST_REQUEST_TIMEOUT: Duration = Duration::from_secs(300);

/// A client for one node, which may be dead. It accepts compressed answers, as browsers do.
#[derive(Clone, Debug)]
pub struct Client {
    client: reqwest::Client,
    base: String,
}

/// What a node has answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub text: String,
}

/// Why there is no answer, or not a whole one.
#[derive(Debug)]
pub struct NoAnswer {
    /// The connection stayed open, but the answer did not arrive in time.
    pub hung: bool,
    /// What was asked for, and what went wrong.
    pub reason: String,
}

impl From<NoAnswer> for String {
    fn from(no_answer: NoAnswer) -> Self {
        format!("no answer: {}", no_answer.reason)
    }
}

impl Client {
    /// A client of the node at this address.
    pub fn new(address: SocketAddr) -> Self {
        Self::build(address, REQUEST_TIMEOUT, true)
    }

    fn build(address: SocketAddr, timeout: Duration, unzips: bool) -> Self {
        Self::of_builder(address, reqwest::Client::builder().timeout(timeout).gzip(unzips))
    }

    fn of_builder(address: SocketAddr, builder: reqwest::ClientBuilder) -> Self {
        let builder = builder.no_proxy();
        Self { client: builder.build().expect("an HTTP client"), base: format!("http://{address}") }
    }

    /// Asks for this path.
    ///
    /// # Errors
    /// When there is no whole answer.
    pub async fn get(&self, path: &str) -> Result<Answer, NoAnswer> {
        self.send(self.request("GET", path)).await
    }

    /// Sends this body.
    ///
    /// # Errors
    /// When there is no whole answer.
    pub async fn post(&self, path: &str, body: impl Into<Body>) -> Result<Answer, NoAnswer> {
        self.send(self.request("POST", path).body(body)).await
    }

    /// A request to this node that can be added to.
    pub fn request(&self, verb: &str, path: &str) -> RequestBuilder {
        self.client.request(verb.parse().expect("an HTTP method"), format!("{}{path}", self.base))
    }

    /// Sends a request, and reads the whole answer.
    ///
    /// # Errors
    /// When there is no whole answer.
    pub async fn send(&self, request: RequestBuilder) -> Result<Answer, NoAnswer> {
        // The error names the address that was asked for.
        let failed = |error: reqwest::Error| NoAnswer { hung: error.is_timeout(), reason: format!("{error:?}") };
        let response = request.send().await.map_err(failed)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Answer { status, headers, text: response.text().await.map_err(failed)? })
    }
}

impl Answer {
    /// The answer, if it has this status.
    ///
    /// # Errors
    /// When it has another status; the error has the status and the body.
    pub fn expect(self, status: u16) -> Result<Self, String> {
        if self.status == status {
            Ok(self)
        } else {
            Err(format!("{} instead of {status}: {}", self.status, self.text))
        }
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The keys of the JSON object, sorted.
    pub fn keys(&self) -> Vec<String> {
        self.json().as_object().expect("an object").keys().cloned().collect()
    }

    /// The `message` of the JSON object.
    pub fn message(&self) -> String {
        self.json()["message"].as_str().expect("a message").to_owned()
    }
}

/// A client for one node. It panics when there is no answer.
#[derive(Clone, Debug)]
pub struct Http {
    client: Client,
}

impl Http {
    /// A client of the node at this address that takes no compressed answers.
    pub fn new(address: SocketAddr) -> Self {
        Self { client: Client::build(address, TEST_REQUEST_TIMEOUT, false) }
    }

    /// The same, with connections that come from this address of the machine, such as 127.0.0.7.
    pub fn coming_from(own: IpAddr, address: SocketAddr) -> Self {
        let builder = reqwest::Client::builder().timeout(TEST_REQUEST_TIMEOUT).gzip(false).local_address(own);
        Self { client: Client::of_builder(address, builder) }
    }

    /// A client that takes compressed answers, as browsers do.
    pub fn unzipping(address: SocketAddr) -> Self {
        Self { client: Client::build(address, TEST_REQUEST_TIMEOUT, true) }
    }

    /// Asks for this path.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path)).await
    }

    /// Sends this body.
    pub async fn post(&self, path: &str, body: impl Into<Body>) -> Answer {
        self.send(self.request("POST", path).body(body)).await
    }

    /// A request to this node that can be added to.
    pub fn request(&self, verb: &str, path: &str) -> RequestBuilder {
        self.client.request(verb, path)
    }

    /// Sends a request, and reads the whole answer.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        self.client.send(request).await.expect("a whole answer")
    }

    /// Sends a transaction from Alice to Bob.
    pub async fn pay(&self, amount: u64) -> Answer {
        self.post("/add_transaction", format!(r#"{{"sender": "Alice", "receiver": "Bob", "amount": {amount}}}"#)).await
    }

    /// Lets the node mine a block.
    pub async fn mine(&self) -> Value {
        let answer = self.get("/mine_block").await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    /// Lets the node know these peers.
    pub async fn connect(&self, addresses: &[&str]) {
        let body = serde_json::json!({ "nodes": addresses }).to_string();
        let answer = self.post("/connect_node", body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
    }

    /// The blocks of the node's chain.
    pub async fn chain(&self) -> Vec<Value> {
        let answer = self.get("/get_chain").await.json();
        let chain = answer["chain"].as_array().expect("a chain").clone();
        assert_eq!(answer["length"], chain.len());
        chain
    }

    /// Whether the node finds its chain valid.
    pub async fn is_valid(&self) -> bool {
        self.get("/is_valid").await.message() == "Everything is fine. The Blockchain is correct."
    }

    /// Lets the node take the longest chain of its peers; whether it did.
    pub async fn replace_chain(&self) -> bool {
        let answer = self.get("/replace_chain").await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.message().starts_with("Because the nodes are different")
    }

    /// The amounts of all transactions in the chain, without the rewards.
    pub async fn paid_amounts(&self) -> Vec<u64> {
        let mut amounts = Vec::new();
        for block in self.chain().await {
            let transactions = block["transactions"].as_array().expect("transactions");
            let without_reward = transactions.len().saturating_sub(1);
            let amount = |transaction: &Value| transaction["amount"].as_u64().expect("a whole amount");
            amounts.extend(transactions.iter().take(without_reward).map(amount));
        }
        amounts
    }
}

#[cfg(test)]
mod tests {
    use crate::FakePeer;

    use super::*;

    fn address_of(peer: &FakePeer) -> SocketAddr {
        peer.address().parse().unwrap()
    }

    #[tokio::test]
    async fn a_hung_node_is_distinguished_from_a_dead_one() {
        let hung = FakePeer::handling(|stream| async move {
            std::future::pending::<()>().await;
            drop(stream);
        })
        .await;
        let client = Client::build(address_of(&hung), Duration::from_millis(50), true);
        assert!(client.get("/").await.unwrap_err().hung);

        let dying = FakePeer::answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf".to_vec()).await;
        let no_answer = Client::new(address_of(&dying)).get("/half").await.unwrap_err();
        assert!(!no_answer.hung && no_answer.reason.contains("/half"), "{no_answer:?}");

        let dead = address_of(&dying);
        drop(dying);
        assert!(!Client::new(dead).get("/").await.unwrap_err().hung);
    }

    #[tokio::test]
    async fn an_answer_is_read_whole() {
        let peer = FakePeer::serving(r#"{"message": "yes", "length": 1}"#).await;
        let answer = Http::new(address_of(&peer)).post("/", "body").await;
        assert_eq!((answer.status, answer.message().as_str()), (200, "yes"));
        assert_eq!(answer.headers["content-type"], "application/json");
        assert_eq!(answer.keys(), ["length", "message"]);
        assert!(answer.clone().expect(200).is_ok());
        assert!(answer.expect(201).unwrap_err().starts_with("200 instead of 201: {"));
    }

    #[tokio::test]
    async fn compressed_answers_are_read() {
        let peer = FakePeer::serving_gzip([b"{\"message\": ".to_vec(), b"\"yes\"}".to_vec()].into_iter()).await;
        assert_eq!(Http::unzipping(address_of(&peer)).get("/").await.message(), "yes");
        assert_eq!(Client::new(address_of(&peer)).get("/").await.unwrap().message(), "yes");
    }
}
