//! Properties that hold for all inputs and all orders of events.

use std::collections::HashMap;

use bcoin::{Node as Handle, app};
use bcoin_ledger::{
    Power,
    chapter::{Block, ChainCheck, Chapter, Number, Scalar, Transaction},
};
use bcoin_node::{
    Adoption, CandidateBuilder, CandidateLimits, NodeThreads, now,
    store::{FirstContent, Location, Opened},
};
use proptest::prelude::*;

/// JSON texts of scalars, in all the ways one can write them.
fn scalar_json() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        "-?(0|[1-9][0-9]{0,60})",
        "-?(0|[1-9][0-9]{0,20})\\.[0-9]{1,25}",
        "-?[1-9](\\.[0-9]{1,20})?[eE][+-]?[0-9]{1,2}",
        any::<f64>().prop_filter("finite", |value| value.is_finite()).prop_map(|value| format!("{value:e}")),
        any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
    ]
}

proptest! {
    #[test]
    fn what_is_hashed_is_a_fixed_point(
        scalars in prop::collection::vec((scalar_json(), scalar_json(), scalar_json()), 0..4),
        (timestamp, previous) in any::<(String, String)>(),
        (index, proof) in (1..=i64::MAX as u64, 1..=i64::MAX as u64),
    ) {
        let transactions: Vec<_> = scalars
            .iter()
            .map(|(amount, receiver, sender)| format!(r#"{{"sender":{sender},"amount":{amount},"receiver":{receiver}}}"#))
            .collect();
        let text = |value: &str| serde_json::to_string(value).unwrap();
        let json = format!(
            r#"{{"transactions":[{}],"proof":{proof},"timestamp":{},"previous_hash":{},"index":{index}}}"#,
            transactions.join(","), text(&timestamp), text(&previous),
        );
        let block = Block::from_json(&json).unwrap();
        let canonical = block.canonical();
        prop_assert!(canonical.is_ascii());
        let again = Block::from_json(&canonical).unwrap();
        prop_assert_eq!(again.canonical(), canonical);
        prop_assert_eq!(again.hash(), block.hash());
        prop_assert_eq!(again, block);
    }

    #[test]
    fn a_float_keeps_its_value(value in any::<f64>().prop_filter("finite", |value| value.is_finite())) {
        let number = Number::from_json(&format!("{value:e}")).unwrap();
        prop_assert_eq!(number.as_str().parse::<f64>().unwrap().to_bits(), value.to_bits());
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = bcoin::wire::transaction_from_json(&bytes);
        let _ = bcoin::wire::nodes_from_json(&bytes);
        if let Ok(text) = std::str::from_utf8(&bytes) {
            let _ = Block::from_json(text);
        }
    }
}

/// One event at one of three nodes.
#[derive(Clone, Copy, Debug)]
enum Event {
    Pay { node: usize },
    PayAgain { node: usize },
    Mine { node: usize },
    Replace { node: usize, by: usize },
}

fn event() -> impl Strategy<Value = Event> {
    let node = || 0..3_usize;
    prop_oneof![
        4 => node().prop_map(|node| Event::Pay { node }),
        1 => node().prop_map(|node| Event::PayAgain { node }),
        3 => node().prop_map(|node| Event::Mine { node }),
        2 => (node(), node()).prop_map(|(node, by)| Event::Replace { node, by }),
    ]
}

struct Node {
    handle: Handle,
    threads: NodeThreads,
    /// How often each transaction was accepted here.
    accepted: HashMap<u64, usize>,
    /// The chains that were replaced here, the latest last.
    stale: Vec<Vec<String>>,
}

impl Node {
    fn start(name: usize) -> Self {
        let genesis = ChainCheck::default().push(Block::genesis(format!("start of node {name}")), now()).unwrap();
        let first = FirstContent { node_address: format!("node {name}"), genesis };
        let opened = Opened::open(Chapter, &Location::Memory, first, &|_, _| ()).unwrap();
        let (handle, threads) = app::start_chapter(opened, "miner".into(), 1_000, Power::FULL).unwrap();
        Self { handle, threads, accepted: HashMap::new(), stale: Vec::new() }
    }

    async fn pay(&mut self, number: u64) {
        let name = |text: &str| Scalar::Text(text.into());
        let amount = Scalar::Number(Number::from(number));
        let transaction = Transaction::submitted(name("payer"), name("payee"), amount).unwrap();
        self.handle.add_transaction(transaction).await.unwrap();
        *self.accepted.entry(number).or_default() += 1;
    }

    fn texts(&self) -> Vec<String> {
        let snapshot = self.handle.view().reader.snapshot().unwrap();
        snapshot.blocks(..).unwrap().map(|block| String::from_utf8(block.unwrap()).unwrap()).collect()
    }

    fn blocks(&self) -> Vec<Block> {
        self.texts().iter().map(|text| Block::from_json(text).unwrap()).collect()
    }

    /// The node keeps the last ten chains that were replaced, byte for byte.
    fn check_stale(&self) {
        let snapshot = self.handle.view().reader.snapshot().unwrap();
        let kept = snapshot.stale_branches().unwrap();
        assert_eq!(kept.len(), self.stale.len().min(10));
        for (kept, expected) in kept.iter().zip(self.stale.iter().rev()) {
            let blocks = snapshot.stale_blocks(kept).unwrap();
            let texts: Vec<_> = blocks.map(|block| String::from_utf8(block.unwrap()).unwrap()).collect();
            assert_eq!(&texts, expected, "stale branch {}", kept.number);
        }
    }

    /// How often each transaction is in the chain.
    fn paid(&self) -> HashMap<u64, usize> {
        let mut paid = HashMap::new();
        for transaction in self.blocks().into_iter().flat_map(Block::into_non_coinbase) {
            let Scalar::Number(number) = transaction.amount else { panic!("amounts here are numbers") };
            *paid.entry(number.as_str().parse().unwrap()).or_default() += 1;
        }
        paid
    }

    /// Adopts these blocks as `/replace_chain` does.
    async fn replace_by(&mut self, blocks: Vec<Block>) {
        let before = self.texts();
        let mut candidate = CandidateBuilder::new(Chapter, &self.handle.view().reader, CandidateLimits::unlimited());
        for block in blocks {
            candidate.push(block).unwrap();
        }
        let adoption = self.handle.adopt(candidate.finish().unwrap(), None).await.unwrap();
        if let Adoption::Adopted { replacement, .. } = adoption {
            // A chain that only goes on gives nothing up.
            assert_eq!(replacement.stale.branch.is_some(), replacement.stale.count > 0);
            if replacement.stale.count > 0 {
                self.stale.push(before);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_events_loses_or_doubles_a_transaction(events in prop::collection::vec(event(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut nodes: Vec<_> = (0..3).map(Node::start).collect();
            // Amounts from 2 on, so that no transaction looks like a reward.
            let mut number = 2;
            for event in events {
                match event {
                    Event::Pay { node } => {
                        number += 1;
                        nodes[node].pay(number).await;
                    }
                    // The same transaction at a second node, or twice at one.
                    Event::PayAgain { node } => nodes[node].pay(number).await,
                    Event::Mine { node } => {
                        nodes[node].handle.mine().await.unwrap();
                    }
                    Event::Replace { node, by } => {
                        let blocks = nodes[by].blocks();
                        nodes[node].replace_by(blocks).await;
                    }
                }
            }
            let accepted = |number: &u64| nodes.iter().filter_map(|node| node.accepted.get(number)).sum::<usize>();
            for node in &nodes {
                node.check_stale();
                // This block takes the whole mempool.
                node.handle.mine().await.unwrap();
                let paid = node.paid();
                for (number, times) in &node.accepted {
                    assert!(paid.get(number).copied().unwrap_or(0) >= *times, "payment {number} is lost");
                }
                for (number, times) in &paid {
                    assert!(*times <= accepted(number), "payment {number} is doubled");
                }
                assert_eq!(node.handle.view().reader.snapshot().unwrap().check_chain(&Chapter, &|_, _| ()).unwrap().tip, node.handle.view().tip);
            }
            for Node { handle, threads, .. } in nodes {
                drop(handle);
                threads.join();
            }
        });
    }
}
