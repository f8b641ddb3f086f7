//! Rounds of asking all peers how they are. Callers who come during a round share the next one.

use std::sync::Arc;

use bcoin_node::{Stopping, store::StoreError};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::{Network, seer::Seer};

/// How many requests the queue holds. Further senders wait.
const QUEUE: usize = 64;

/// What came of a round.
type Outcome = Result<Arc<Network>, Arc<StoreError>>;

/// Asks for a round; cheap to clone.
#[derive(Clone)]
pub(super) struct Rounds(mpsc::Sender<oneshot::Sender<Outcome>>);

impl Rounds {
    pub(super) async fn ask_all(&self) -> Result<Outcome, Stopping> {
        let (reply, answer) = oneshot::channel();
        self.0.send(reply).await.map_err(|_| Stopping)?;
        answer.await.map_err(|_| Stopping)
    }
}

pub(super) fn start(seer: Arc<Seer>, stop: CancellationToken) -> (Rounds, JoinHandle<()>) {
    let (requests, queue) = mpsc::channel(QUEUE);
    let work = async move { _ = stop.run_until_cancelled(run(&seer, queue)).await };
    (Rounds(requests), tokio::spawn(work.in_current_span()))
}

async fn run(seer: &Seer, mut queue: mpsc::Receiver<oneshot::Sender<Outcome>>) {
    let mut callers = Vec::new();
    while queue.recv_many(&mut callers, QUEUE).await > 0 {
        let outcome = seer.ask_all().await.map(Arc::new).map_err(Arc::new);
        for caller in callers.drain(..) {
            // The caller may have gone away.
            let _ = caller.send(outcome.clone());
        }
    }
}
