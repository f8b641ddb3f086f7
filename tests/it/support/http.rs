//! A plain HTTP client for the tests.

use std::net::SocketAddr;

use serde_json::Value;

/// Talks to one node.
#[derive(Clone)]
pub struct Http {
    client: reqwest::Client,
    base: String,
}

pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The keys of the JSON object, sorted.
    pub fn keys(&self) -> Vec<String> {
        self.json().as_object().expect("an object").keys().cloned().collect()
    }

    pub fn message(&self) -> String {
        self.json()["message"].as_str().expect("a message").to_owned()
    }
}

impl Http {
    pub fn new(address: SocketAddr) -> Self {
        let client = reqwest::Client::builder().no_proxy().no_gzip().build().unwrap();
        Self { client, base: format!("http://{address}") }
    }

    /// Takes compressed answers, as browsers do.
    pub fn unzipping(address: SocketAddr) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { client, ..Self::new(address) }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path)).await
    }

    pub async fn post(&self, path: &str, body: impl Into<reqwest::Body>) -> Answer {
        self.send(self.request("POST", path).body(body)).await
    }

    pub fn request(&self, verb: &str, path: &str) -> reqwest::RequestBuilder {
        self.client.request(verb.parse().unwrap(), format!("{}{path}", self.base))
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, text: response.text().await.expect("a whole body") }
    }

    pub async fn pay(&self, amount: u64) -> Answer {
        self.post("/add_transaction", format!(r#"{{"sender": "Alice", "receiver": "Bob", "amount": {amount}}}"#)).await
    }

    pub async fn mine(&self) -> Value {
        let answer = self.get("/mine_block").await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    pub async fn chain(&self) -> Vec<Value> {
        let answer = self.get("/get_chain").await.json();
        let chain = answer["chain"].as_array().expect("a chain").clone();
        assert_eq!(answer["length"], chain.len());
        chain
    }

    pub async fn is_valid(&self) -> bool {
        self.get("/is_valid").await.message() == "Everything is fine. The Blockchain is correct."
    }

    pub async fn replace_chain(&self) -> bool {
        let answer = self.get("/replace_chain").await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.message().starts_with("Because the nodes are different")
    }

    /// The amounts of all payments in the chain, rewards aside.
    pub async fn paid_amounts(&self) -> Vec<u64> {
        let mut amounts = Vec::new();
        for block in self.chain().await {
            let transactions = block["transactions"].as_array().unwrap().clone();
            let payments = transactions.len().saturating_sub(1);
            amounts.extend(transactions.iter().take(payments).map(|payment| payment["amount"].as_u64().unwrap()));
        }
        amounts
    }
}
