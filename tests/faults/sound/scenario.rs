//! Two chains of which the second one has more work, and transfers of which it is known what becomes of each with either of them.

use std::path::PathBuf;

use bcoin_ledger::{CheckedBlock as _, sound::Transfer};
use bcoin_testkit::{
    Client,
    sound::{COIN, FEE, transfer, transfer_json},
};

use super::{
    chain::Chain,
    customer::Customer,
    room::{Base, deliver, rules},
};
use crate::bench::Bench;

/// What has become of a transfer: its state, and why it is gone.
type Fate = (&'static str, Option<&'static str>);

const CONFIRMED: Fate = ("confirmed", None);
const WAITING: Fate = ("waiting", None);
const REPLACED: Fate = ("gone", Some("replaced"));
const INVALID: Fate = ("gone", Some("invalid"));
const UNDONE: Fate = ("gone", Some("undone"));

/// Which of the two chains a node has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Old,
    New,
}

struct Sent {
    transfer: Transfer,
    old: Fate,
    new: Fate,
}

pub struct Scenario {
    /// How many blocks the replacement disconnects. It connects one more.
    pub depth: usize,
    /// The blocks of both chains after the genesis block.
    shared: Vec<Vec<u8>>,
    /// The blocks of the first chain after the shared ones.
    old: Vec<Vec<u8>>,
    /// The blocks of the second chain after the shared ones.
    pub new: Vec<Vec<u8>>,
    sent: Vec<Sent>,
    /// A folder with the first chain.
    pub apart: PathBuf,
    /// A folder with the first chain, and the second one beside it except for its last block.
    pub beside: PathBuf,
}

impl Scenario {
    /// Makes the chains and the folders. Every transfer is sent to both nodes before a block holds it.
    pub async fn prepare(bench: &mut Bench, base: &Base, depth: usize) -> Result<Self, String> {
        let rules = rules();
        let send = |from, amount, fee, nonce| transfer(&rules, from, 30, amount, fee, nonce);
        let mut sent = Vec::new();
        let mut of = |transfer: Transfer, old, new| {
            sent.push(Sent { transfer: transfer.clone(), old, new });
            transfer
        };
        // Nothing speaks against these after the replacement.
        let honest: Vec<_> = (0..5).map(|nonce| of(send(11, COIN, FEE, nonce), CONFIRMED, WAITING)).collect();
        let both = of(send(13, COIN, FEE, 0), CONFIRMED, CONFIRMED);
        // What the first chain confirms is spent a second time by the second one. The next one of that sender is still valid.
        let cheating = of(transfer(&rules, 12, 40, 10 * COIN, FEE, 0), CONFIRMED, UNDONE);
        let after_cheating = of(send(12, COIN, FEE, 1), CONFIRMED, WAITING);
        let replaced = of(send(18, COIN, FEE, 0), REPLACED, REPLACED);
        let replacing = of(send(18, 2 * COIN, 2 * FEE, 0), CONFIRMED, WAITING);
        let early = [&honest[..], &[both.clone(), cheating.clone(), after_cheating.clone()]].concat();
        let early = [&early[..], &[replaced, replacing.clone()]].concat();
        // The money of this one comes from the transfer that is undone. It can be sent once that is confirmed.
        let dependent = (depth > 1).then(|| of(transfer(&rules, 40, 30, 5 * COIN, FEE, 0), CONFIRMED, UNDONE));
        let late = [
            of(send(15, COIN, FEE, 0), WAITING, INVALID),
            of(send(16, COIN, FEE, 0), WAITING, WAITING),
            of(send(17, COIN, FEE, 0), WAITING, CONFIRMED),
        ];
        let rivals = [send(12, 3 * COIN, FEE, 0), send(15, 3 * COIN, FEE, 0)];

        let (mut first, mut second) = (base.branch.fork(3), base.branch.fork(4));
        let (mut old, mut new) = (Vec::new(), Vec::new());
        for index in 0..=depth {
            let mut in_old: Vec<_> = (0..honest.len())
                .filter(|number| number * depth / honest.len() == index)
                .map(|number| honest[number].clone())
                .collect();
            let mut in_new = Vec::new();
            if index == 0 {
                in_old.extend([both.clone(), cheating.clone(), after_cheating.clone(), replacing.clone()]);
                in_new.extend([both.clone(), rivals[0].clone(), rivals[1].clone(), late[2].clone()]);
            }
            if index == depth - 1 {
                in_old.extend(dependent.clone());
            }
            if index < depth {
                old.push(first.mine(&in_old).encoding().to_vec());
            }
            new.push(second.mine(&in_new).encoding().to_vec());
        }
        let (apart, beside) = (bench.fresh_folder(), bench.fresh_folder());
        let scenario = Self { depth, shared: base.blocks.clone(), old, new, sent, apart, beside };
        for folder in [&scenario.apart, &scenario.beside] {
            let node = base.start(bench, folder).await?;
            let client = Client::new(node.address());
            send_all(&client, &early).await?;
            for index in 0..depth {
                deliver(&client, &scenario.old[index..=index]).await?;
                if index == 0 {
                    send_all(&client, dependent.as_slice()).await?;
                }
                if folder == &scenario.beside {
                    let body = super::room::raw(&scenario.new[index]);
                    client.post("/api/v1/blocks/raw", body).await?.expect(200)?;
                }
            }
            send_all(&client, &late).await?;
            node.terminate()?;
        }
        Ok(scenario)
    }

    /// Which chain a node has, which is wholly the one or the other; every transfer has become what it becomes with that.
    pub async fn check(&self, bench: &Bench, customer: &Customer) -> Result<End, String> {
        let chain = Chain::read(&customer.client).await?;
        let is =
            |blocks: &[Vec<u8>]| chain.blocks[1..].iter().map(|block| &block.raw).eq(self.shared.iter().chain(blocks));
        let end = match (is(&self.old), is(&self.new)) {
            (true, _) => End::Old,
            (_, true) => End::New,
            _ => return Err(format!("a chain of {} blocks that is neither of the two", chain.length())),
        };
        let waiting = customer.waiting().await?;
        let mut wrong = Vec::new();
        let mut expected_to_wait = 0;
        for Sent { transfer, old, new } in &self.sent {
            let id = transfer.id().to_string();
            let fate = if end == End::Old { *old } else { *new };
            let found = customer.state(&id).await?;
            let found_fate = found.as_ref().map(|(state, why)| (state.as_str(), why.as_deref()));
            if found_fate != Some(fate) || waiting.contains(&id) != (fate == WAITING) {
                let sender = transfer.sender;
                wrong.push(format!("nonce {} of {sender}: {found:?} instead of {fate:?}", transfer.nonce));
            }
            expected_to_wait += usize::from(fate == WAITING);
        }
        // A peer may have brought the other chain meanwhile.
        if customer.tip().await? != chain.tip() {
            return Box::pin(self.check(bench, customer)).await;
        }
        for _ in &self.sent {
            bench.tally.acknowledged();
        }
        wrong.iter().for_each(|wrong| bench.tally.lost(&format!("with the {end:?} chain, {wrong}")));
        if waiting.len() != expected_to_wait {
            bench.tally.wrong(&format!("with the {end:?} chain, {} wait, not {expected_to_wait}", waiting.len()));
        }
        Ok(end)
    }

    /// Mines a block, after which nothing waits any more.
    pub async fn mine_what_waits(&self, customer: &Customer) -> Result<(), String> {
        customer.mine().await?.expect(200)?;
        for Sent { transfer, new, .. } in &self.sent {
            let found = customer.state(&transfer.id().to_string()).await?;
            if *new == WAITING && found.as_ref().is_none_or(|(state, _)| state != CONFIRMED.0) {
                return Err(format!("nonce {} of {} is {found:?} after mining", transfer.nonce, transfer.sender));
            }
        }
        if customer.waiting().await?.is_empty() { Ok(()) } else { Err("something waits after mining".into()) }
    }
}

async fn send_all(client: &Client, transfers: &[Transfer]) -> Result<(), String> {
    for transfer in transfers {
        client.post("/api/v1/transactions", transfer_json(transfer).to_string()).await?.expect(201)?;
    }
    Ok(())
}
