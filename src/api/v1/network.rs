//! `GET /api/v1/network`: all nodes in one tree of blocks.

use std::{iter, sync::Arc};

use axum::{extract::State, response::Response};
use bytes::Bytes;

use super::{
    super::{
        answers::ok,
        error::ApiError,
        state::{About, ApiState},
    },
    convert::point,
};
use crate::{
    peers::{Branch, Network, OwnStatus, PeerState, PeerStatus},
    wire::v1::{BranchJson, NetworkJson, NetworkNodeJson, NodeStateJson, PeerKindJson, Problem, event},
};

/// The network as this node sees it. While nobody listens to it, the peers are asked first, unless that was just done.
#[utoipa::path(
    get, path = "/network", tag = "peers", operation_id = "network",
    responses(
        (status = 200, body = NetworkJson),
        (status = 503, description = "The node is stopping", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn network(State(state): State<ApiState>) -> Result<Response, ApiError> {
    let known = state.network.known().await?;
    let is_fresh = known.is_fresh(state.network.is_followed());
    let network = if is_fresh { Arc::new(known) } else { state.network.ask_all().await?? };
    Ok(ok(&to_json(&state.about, state.node.node_address(), &network)))
}

/// The network as an event of the stream, made once for all who listen. It has no id: it is a state and not something that happened.
pub(in crate::api) fn frame(state: &ApiState, network: &Network) -> Bytes {
    network.rendered(|network| {
        let json = to_json(&state.about, state.node.node_address(), network);
        let data = serde_json::to_string(&json).unwrap_or_default();
        format!("event: {}\ndata: {data}\n\n", event::NETWORK).into()
    })
}

/// The network as the node `about` with the address `node_address` sees it.
fn to_json(about: &About, node_address: &str, network: &Network) -> NetworkJson {
    let own = own_node(about, node_address, &network.own);
    let is_other = |peer: &&PeerStatus| !matches!(peer.known.state, PeerState::Itself);
    NetworkJson {
        nodes: iter::once(own).chain(network.peers.iter().filter(is_other).map(node)).collect(),
        branches: network.branches.iter().map(branch).collect(),
    }
}

fn own_node(about: &About, node_address: &str, own: &OwnStatus) -> NetworkNodeJson {
    NetworkNodeJson {
        address: None,
        name: Some(about.name.to_string()),
        state: NodeStateJson::Here,
        kind: Some(PeerKindJson::BCoin),
        node_address: Some(node_address.to_owned()),
        miner: Some(about.miner.clone()),
        mining: Some(own.mining.into()),
        length: Some(own.tip.height),
        tip_hash: Some(own.tip.hash.to_string()),
        work: own.tells_work.then(|| own.tip.work.to_string()),
        timestamp: Some(own.last_block.timestamp.clone()),
        transactions: Some(own.last_block.transactions),
        last_mined: own.last_mined.clone(),
        relation: None,
        common: None,
        branch: Some(0),
        error_code: None,
        seen_at: None,
    }
}

fn node(PeerStatus { address, known, .. }: &PeerStatus) -> NetworkNodeJson {
    let (state, error_code) = match &known.state {
        PeerState::Itself => (NodeStateJson::Here, None),
        PeerState::Unasked => (NodeStateJson::Unasked, None),
        PeerState::Answers => (NodeStateJson::Answers, None),
        PeerState::Fails(error) => (NodeStateJson::Fails, Some(error.code().to_owned())),
    };
    NetworkNodeJson {
        address: Some(address.to_string()),
        name: known.name.clone(),
        state,
        kind: known.kind.map(Into::into),
        node_address: known.node_address.clone(),
        miner: known.miner.clone(),
        mining: known.mining,
        length: known.tip.map(|(length, _)| length),
        tip_hash: known.tip.map(|(_, hash)| hash.to_string()),
        work: known.work.map(|work| work.to_string()),
        timestamp: known.last_block.as_ref().map(|block| block.timestamp.clone()),
        transactions: known.last_block.as_ref().map(|block| block.transactions),
        last_mined: known.last_mined.clone(),
        relation: known.relation.map(Into::into),
        common: known.common.map(point),
        branch: known.branch,
        error_code,
        seen_at: known.gone_since,
    }
}

fn branch(branch: &Branch) -> BranchJson {
    let Branch { parent, fork, length, tip_hash } = branch;
    BranchJson { parent: *parent, fork: *fork, length: *length, tip_hash: tip_hash.to_string() }
}
