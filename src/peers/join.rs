//! `--join`: connects this node with another one in both directions, and tries again until that one answers.

use std::{net::SocketAddr, time::Duration};

use bcoin_node::{PeerAddress, may_be_asked};
use reqwest::StatusCode;
use thiserror::Error;
use tokio::{net::lookup_host, task::JoinHandle, time::sleep};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;
use url::Host;

use super::{client::PeerClient, error::PeerError, own_address::OwnAddress};

/// How long to wait after the first failure; each further one doubles it.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest wait between two attempts.
const MAX_PAUSE: Duration = Duration::from_secs(15);
/// After how many failures the log names the reason again: every five minutes, with the longest wait.
const LOG_EVERY: u32 = 20;

/// The way in which two nodes are connected.
enum Joined {
    /// Each knows the other.
    BothWays {
        /// Under which address the other one knows this node.
        own: SocketAddr,
    },
    /// The other node answers, but could not reach this one.
    OneWay,
}

/// Why two nodes are not connected yet.
#[derive(Debug, Error)]
enum JoinError {
    /// The other node does not answer.
    #[error(transparent)]
    Peer(#[from] PeerError),
    /// It answers, and does not take the address of this one.
    #[error("it does not take the address of this node, and answers {0}")]
    NotTaken(StatusCode),
}

/// Starts the task that makes this node known to `peer`, which it knows itself already. It ends when that is done, or when `stop`
/// is cancelled.
pub fn start(client: PeerClient, own: OwnAddress, peer: PeerAddress, stop: CancellationToken) -> JoinHandle<()> {
    let join = Join { client, own, peer };
    let work = async move { _ = stop.run_until_cancelled(join.run()).await };
    tokio::spawn(work.in_current_span())
}

struct Join {
    client: PeerClient,
    own: OwnAddress,
    peer: PeerAddress,
}

impl Join {
    async fn run(&self) {
        let peer = &self.peer;
        if self.own.is(peer).await {
            tracing::warn!(%peer, "--join names this node itself, so there is nothing to join");
            return;
        }
        let (mut pause, mut failures) = (FIRST_PAUSE, 0_u32);
        loop {
            match self.attempt().await {
                Ok(Joined::BothWays { own }) => {
                    tracing::info!(%peer, %own, "joined: both nodes know each other");
                    return;
                }
                Ok(Joined::OneWay) => {
                    tracing::warn!(
                        %peer,
                        "this node knows the other one, but listens at {} alone and cannot be reached from there; start it with \
                         --host {}, so that both know each other",
                        self.own.listening(),
                        if matches!(peer.host(), Host::Ipv6(_)) { "::" } else { "0.0.0.0" },
                    );
                    return;
                }
                Err(reason) if failures.is_multiple_of(LOG_EVERY) => {
                    tracing::warn!(%peer, %reason, "cannot join yet, and tries again");
                }
                Err(reason) => tracing::debug!(%peer, %reason, "cannot join yet"),
            }
            failures = failures.saturating_add(1);
            sleep(pause).await;
            pause = (2 * pause).min(MAX_PAUSE);
        }
    }

    async fn attempt(&self) -> Result<Joined, JoinError> {
        let ip = self.resolve().await?.ip();
        match self.own.as_seen_from(ip) {
            Some(own) => match self.client.introduce(&self.peer, own).await? {
                status if status.is_success() => Ok(Joined::BothWays { own }),
                status => Err(JoinError::NotTaken(status)),
            },
            None => {
                self.client.tip(&self.peer).await?;
                Ok(Joined::OneWay)
            }
        }
    }

    /// An address of the host of the peer.
    async fn resolve(&self) -> Result<SocketAddr, PeerError> {
        let port = self.peer.port();
        match self.peer.host() {
            Host::Ipv4(ip) => Ok(SocketAddr::from((*ip, port))),
            Host::Ipv6(ip) => Ok(SocketAddr::from((*ip, port))),
            Host::Domain(name) => {
                let failed = |reason: String| PeerError::Refused(reason);
                let mut found = lookup_host((name.as_str(), port)).await.map_err(|error| failed(error.to_string()))?;
                let usable = found.find(|address| may_be_asked(address.ip()));
                usable.ok_or_else(|| failed(format!("{name:?} has no address that may be asked")))
            }
        }
    }
}
