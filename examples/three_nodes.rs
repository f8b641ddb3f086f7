//! The chapter's walk in one process: three nodes with real sockets, every step printed as it happens.
//!
//! `cargo run --example three_nodes` ends by itself and checks what it says.

use std::{
    error::Error,
    net::{IpAddr, Ipv4Addr},
};

use bcoin::app::{Config, RulesConfig, RunningNode, spawn};
use bcoin_node::store::Location;
use serde_json::{Value, json};

/// The names on the three nodes' rewards: the two that the listing prints, and a third.
const MINERS: [&str; 3] = ["Bharathi", "Meghna", "Xiaoming"];

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    let mut nodes = Vec::new();
    for miner in MINERS {
        let config = Config::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0, Location::Memory);
        nodes.push(spawn(Config { rules: RulesConfig::Chapter { miner: miner.into() }, ..config }).await?);
    }
    let walk = Walk { client, nodes: nodes.iter().map(|node| node.address().to_string()).collect() };
    walk.run().await?;
    for node in nodes {
        RunningNode::stop(node).await;
    }
    println!("\nAll of it happened as the chapter says.");
    Ok(())
}

struct Walk {
    client: reqwest::Client,
    nodes: Vec<String>,
}

impl Walk {
    async fn run(&self) -> Result<(), Box<dyn Error>> {
        step("Three nodes start, each with a first block of its own");
        for node in 0..3 {
            let chain = self.get(node, "/get_chain").await?;
            assert_eq!(chain["length"], 1);
        }

        step("Alice pays Bob 10 at node 1: the payment waits");
        let transaction = json!({"sender": "Alice", "receiver": "Bob", "amount": 10});
        let answer = self.post(0, "/add_transaction", &transaction).await?;
        assert_eq!(answer["message"], "This transaction will be added to the Block 2");

        step("Node 1 mines: the block takes the payment, and the miner gets 1");
        let block = self.get(0, "/mine_block").await?;
        assert_eq!(block["index"], 2);
        assert_eq!(block["transactions"][0], transaction);
        assert_eq!(block["transactions"][1]["receiver"], MINERS[0]);

        step("Every node learns where all three are");
        let addresses: Vec<_> = self.nodes.iter().map(|address| format!("http://{address}")).collect();
        for node in 0..3 {
            let answer = self.post(node, "/connect_node", &json!({"nodes": addresses})).await?;
            assert_eq!(answer["total_nodes"], json!(self.nodes));
        }

        step("Nodes 2 and 3 ask around: node 1's chain is longer, so they take it");
        let longest = self.get(0, "/get_chain").await?["chain"].clone();
        for node in 1..3 {
            let answer = self.get(node, "/replace_chain").await?;
            assert!(message(&answer).starts_with("Because the nodes are different"));
            assert_eq!(answer["new_chain"], longest);
        }

        step("Node 1 asks around: nobody has a longer chain, so it keeps its own");
        let answer = self.get(0, "/replace_chain").await?;
        assert_eq!(message(&answer), "Everything seems to be fine. It is the most extensive chain.");

        step("Two nodes mine at the same height: the network has two truths for a moment");
        self.get(0, "/mine_block").await?;
        self.get(1, "/mine_block").await?;
        let answer = self.get(1, "/replace_chain").await?;
        assert!(message(&answer).starts_with("Everything seems to be fine"), "a tie changes nothing");

        step("Node 2 mines once more; node 1 gives in");
        self.get(1, "/mine_block").await?;
        let answer = self.get(0, "/replace_chain").await?;
        assert!(message(&answer).starts_with("Because the nodes are different"));

        step("Every node finds its chain in order");
        for node in 0..3 {
            let answer = self.get(node, "/is_valid").await?;
            assert_eq!(message(&answer), "Everything is fine. The Blockchain is correct.");
        }
        Ok(())
    }

    async fn get(&self, node: usize, path: &str) -> Result<Value, Box<dyn Error>> {
        println!("  node {}  GET  {path}", node + 1);
        self.answer(self.client.get(self.url(node, path))).await
    }

    async fn post(&self, node: usize, path: &str, body: &Value) -> Result<Value, Box<dyn Error>> {
        println!("  node {}  POST {path}  {body}", node + 1);
        self.answer(self.client.post(self.url(node, path)).body(body.to_string())).await
    }

    fn url(&self, node: usize, path: &str) -> String {
        format!("http://{}{path}", self.nodes[node])
    }

    async fn answer(&self, request: reqwest::RequestBuilder) -> Result<Value, Box<dyn Error>> {
        let text = request.send().await?.error_for_status()?.text().await?;
        println!("          {}", shortened(text.trim_end()));
        Ok(serde_json::from_str(&text)?)
    }
}

fn step(text: &str) {
    println!("\n{text}.");
}

fn message(answer: &Value) -> &str {
    answer["message"].as_str().unwrap_or_default()
}

/// The beginning of a long answer.
fn shortened(text: &str) -> String {
    const MAX: usize = 150;
    let beginning: String = text.chars().take(MAX).collect();
    if beginning.len() < text.len() { format!("{beginning}...") } else { beginning }
}
