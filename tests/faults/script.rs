//! A script of all requests that change something. It ends when a request is refused or the node is gone.

use std::net::{Ipv4Addr, SocketAddr};

use bcoin_testkit::{Answer, Client, NoAnswer, Process};

use super::customer::Customer;

/// Far more steps than are needed to reach any flush that is tried.
const MAX_STEPS: u16 = 400;

/// How a script ended.
pub enum Outcome {
    /// The node did not answer.
    Gone,
    /// The node refused something.
    Refused(Answer),
    /// All steps succeeded.
    Completed,
}

/// Executes the steps; `peer` is a node whose chain can be adopted.
pub async fn play(customer: &Customer, peer: &Process) -> Outcome {
    for step in 0..MAX_STEPS {
        match one_step(customer, peer, step).await {
            Ok(answer) if answer.status < 300 => {}
            Ok(answer) => return Outcome::Refused(answer),
            Err(_) => return Outcome::Gone,
        }
    }
    Outcome::Completed
}

/// Executes each kind of step once. Each has to succeed.
pub async fn play_one_round(customer: &Customer, peer: &Process) -> Result<(), String> {
    for step in MAX_STEPS..MAX_STEPS + 6 {
        let answer = one_step(customer, peer, step).await?;
        if answer.status >= 300 {
            return Err(format!("{} {}", answer.status, answer.text));
        }
    }
    Ok(())
}

async fn one_step(customer: &Customer, peer: &Process, step: u16) -> Result<Answer, NoAnswer> {
    match step % 6 {
        // No program listens on these low ports. Each round uses another one.
        0 => customer.connect(SocketAddr::from((Ipv4Addr::LOCALHOST, 1 + step / 6))).await,
        1 | 2 => customer.pay().await,
        3 => customer.mine().await,
        4 => customer.connect(peer.address()).await,
        _ => {
            let length = customer.accounts.lock().unwrap().length;
            grow(peer, length + 1).await?;
            customer.replace().await
        }
    }
}

/// Lets `peer` mine until its chain has at least `length` blocks.
pub async fn grow(peer: &Process, length: u64) -> Result<(), NoAnswer> {
    let client = Client::new(peer.address());
    loop {
        let answer = client.get("/mine_block").await?;
        let block: serde_json::Value = serde_json::from_str(&answer.text).unwrap_or_default();
        if block["index"].as_u64().is_none_or(|index| index >= length) {
            return Ok(());
        }
    }
}
