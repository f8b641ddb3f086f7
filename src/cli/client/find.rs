//! Which node a command talks to: the one that is named, or the first that runs on this machine.

use std::time::Duration;

use tokio::time::timeout;

use super::http::{ClientError, Node};
use crate::{cli::flags::AskFlags, wire::v1::Status};

/// The ports of the chapter's nodes, and those that nodes take where ports below 1024 are not permitted; the first that answers counts.
const PORTS: [u16; 6] = [1001, 1002, 1003, 5001, 5002, 5003];
/// How long a node of this machine may take to show that it is one.
const LIMIT: Duration = Duration::from_secs(2);

/// The node that the flags name, or the one that runs.
pub(super) async fn node(flags: &AskFlags) -> Result<Node, ClientError> {
    match &flags.node {
        Some(address) => Node::new(address),
        None => first_of(PORTS).await,
    }
}

/// The first of these ports at which a node answers. All are asked at once.
async fn first_of(ports: impl IntoIterator<Item = u16>) -> Result<Node, ClientError> {
    let mut asked = Vec::new();
    for port in ports {
        let Ok(address) = format!("127.0.0.1:{port}").parse() else { continue };
        let node = Node::new(&address)?;
        asked.push(tokio::spawn(async move { is_node(&node).await.then_some(node) }));
    }
    for asked in asked {
        if let Ok(Some(node)) = asked.await {
            return Ok(node);
        }
    }
    Err(ClientError::NoneFound)
}

/// Whether a B-Coin node answers there.
async fn is_node(node: &Node) -> bool {
    let asked = async { node.get("/status").await?.read::<Status>() };
    matches!(timeout(LIMIT, asked).await, Ok(Ok(_)))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use bcoin_node::store::Location;
    use bcoin_testkit::FakePeer;

    use super::*;
    use crate::app::{Config, RunningNode, spawn};

    async fn running() -> RunningNode {
        spawn(Config::new(Ipv4Addr::LOCALHOST.into(), 0, Location::Memory)).await.unwrap()
    }

    fn port_of(peer: &FakePeer) -> u16 {
        peer.address().rsplit(':').next().unwrap().parse().unwrap()
    }

    #[tokio::test]
    async fn the_first_port_with_a_node_counts() {
        let (first, second) = (running().await, running().await);
        let other = FakePeer::serving("<html>").await;
        let silent = FakePeer::handling(|stream| async move {
            std::future::pending::<()>().await;
            drop(stream);
        })
        .await;
        let ports = [port_of(&other), port_of(&silent), second.address().port(), first.address().port()];
        let found = first_of(ports).await.unwrap();
        assert_eq!(found.address().port(), second.address().port());
        first.stop().await;
        second.stop().await;
        let text = first_of(ports).await.err().unwrap().to_string();
        assert!(text.contains("`bcoin network`") && text.contains("--node"), "{text}");
    }
}
