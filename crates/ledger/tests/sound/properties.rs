//! What holds for all chains, whatever blocks they have and whatever order these arrive in.

use std::collections::HashSet;

use bcoin_ledger::{
    BlockHash, CheckedBlock as _, Rules as _,
    sound::{Account, Header, Reward},
};

use crate::{
    chain::{Chain, State, late},
    random::{Miner, Tree},
    store::Store,
};

const GENESIS: &str = "instant/3/4/properties";

fn shuffle<T>(miner: &mut Miner, all: &mut [T]) {
    for end in (1..all.len()).rev() {
        all.swap(end, miner.below(end + 1));
    }
}

fn assert_same(chain: &Chain, straight: &Chain) {
    assert_eq!(chain.tip(), straight.tip());
    assert_eq!(chain.state, straight.state);
    assert_eq!(chain.ancestors, straight.ancestors);
}

/// Moves through a tree, and holds every state on the way against that of the chain that was built straight.
fn walk(chain: &mut Chain, tree: &Tree, from: usize, to: usize) {
    let (mut back, ahead) = (tree.path(from), tree.path(to));
    while !ahead.starts_with(&back) {
        chain.pop();
        back.pop();
        assert_same(chain, &tree.nodes[back[back.len() - 1]].chain);
    }
    for at in &ahead[back.len()..] {
        chain.push(&tree.nodes[*at].raw).unwrap();
        assert_same(chain, &tree.nodes[*at].chain);
    }
}

#[test]
fn to_disconnect_a_block_is_the_reverse_of_to_connect_it() {
    for seed in 0..4 {
        let mut miner = Miner::new(seed, "reverse", GENESIS);
        let tree = miner.tree(80);
        let mut chain = miner.chain();
        let mut at = 0;
        for _ in 0..50 {
            let to = miner.below(tree.nodes.len());
            walk(&mut chain, &tree, at, to);
            at = to;
        }
        walk(&mut chain, &tree, at, 0);
        assert_eq!(chain.state, State::default());
    }
}

#[test]
fn all_money_is_what_subsidies_have_made() {
    for (note, subsidy, halving) in [("instant/3/4/sum", 3, 4), ("instant/10500000/1/sum", 10_500_000, 1)] {
        let mut miner = Miner::new(1, note, note);
        let mut chain = miner.chain();
        let (mut made, mut transfers) = (0, 0);
        for height in 1..150_u32 {
            let block = miner.block(&chain, 6);
            chain.push(&block.encode()).unwrap();
            made += (subsidy * 100_000_000_u64).checked_shr((height - 1) / halving).unwrap_or_default();
            assert_eq!(chain.balances() + chain.immature(), made, "{note}, height {height}");
            transfers += block.transactions.len() - 1;
        }
        assert!(transfers > 200, "{transfers}");
        let most = subsidy * 100_000_000 * u64::from(halving) * 2;
        assert!(most * 9 / 10 < made && made <= most, "{made}");
        for height in (0..149_u32).rev() {
            made -= (subsidy * 100_000_000_u64).checked_shr(height / halving).unwrap_or_default();
            chain.pop();
            assert_eq!(chain.balances() + chain.immature(), made, "{note}, height {height}");
        }
    }
}

#[test]
fn a_reward_can_be_spent_in_the_eleventh_block_after_its_own() {
    let mut miner = Miner::new(1, "maturity", GENESIS);
    let mut chain = miner.chain();
    chain.push(&miner.block(&chain, 0).encode()).unwrap();
    let Reward { receiver, amount } = chain.rules.delayed(chain.blocks[1].encoding()).unwrap();
    let mut later = State::default();
    later.0.insert(receiver.to_bytes().to_vec(), Account { balance: amount, nonce: 0 });
    let transfer = miner.transfer(&mut later).unwrap();
    while chain.blocks.len() < 12 {
        let early = miner.block_of(&chain, vec![transfer.clone()]);
        assert_eq!(chain.push(&early.encode()).unwrap_err().why(), "funds", "height {}", chain.blocks.len());
        let empty = miner.block(&chain, 0);
        chain.push(&empty.encode()).unwrap();
    }
    let block = miner.block_of(&chain, vec![transfer]);
    chain.push(&block.encode()).unwrap();
}

/// The blocks of a tree but for the genesis block, in a random order.
fn shuffled(miner: &mut Miner, tree: &Tree) -> Vec<Vec<u8>> {
    let mut order: Vec<_> = tree.nodes[1..].iter().map(|node| node.raw.clone()).collect();
    shuffle(miner, &mut order);
    order
}

#[test]
fn any_order_of_arrival_ends_in_the_same_chain() {
    for seed in 0..5 {
        let mut miner = Miner::new(seed, "arrival", GENESIS);
        let tree = miner.tree(60);
        let highest = &tree.nodes[tree.highest()[0]].chain;
        for _ in 0..20 {
            let mut store = Store::new(miner.chain());
            for raw in shuffled(&mut miner, &tree) {
                store.deliver(&raw);
            }
            assert_same(&store.chain, highest);
            assert_eq!(store.invalid, HashSet::new());
        }
    }
}

#[test]
fn of_equal_chains_the_one_that_was_complete_first_stays() {
    let mut miner = Miner::new(1, "ties", GENESIS);
    let mut tree = miner.tree(12);
    let highest = tree.highest()[0];
    let path = tree.path(highest);
    // Two more chains of the same height, from different blocks on.
    for fork in [1, path.len() - 3] {
        let mut at = path[fork];
        while tree.nodes[at].chain.tip().height < tree.nodes[highest].chain.tip().height {
            let child = miner.child(&tree.nodes, at);
            at = tree.nodes.len();
            tree.nodes.push(child);
        }
    }
    let ends = tree.highest();
    assert_eq!(ends.len(), 3);
    let mut winners = HashSet::new();
    for _ in 0..200 {
        let order = shuffled(&mut miner, &tree);
        // The block of a chain that comes last makes it complete.
        let complete_at = |end: usize| {
            let path = tree.path(end);
            path[1..].iter().map(|at| order.iter().position(|raw| *raw == tree.nodes[*at].raw)).max()
        };
        let mut store = Store::new(miner.chain());
        for raw in &order {
            store.deliver(raw);
        }
        let winner = ends.iter().copied().find(|end| tree.nodes[*end].chain.tip() == store.chain.tip()).unwrap();
        assert_same(&store.chain, &tree.nodes[winner].chain);
        // One block may make two of them complete.
        assert_eq!(Some(complete_at(winner)), ends.iter().map(|end| complete_at(*end)).min());
        winners.insert(store.chain.tip().hash);
    }
    assert_eq!(winners.len(), 3);
}

/// Blocks that would be valid if the one before the first of them were, and have more work than any tree here. That one has to
/// break a rule about accounts and no other; `None` when it does not.
fn branch_after_wrong(miner: &mut Miner, chain: &Chain, raw: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut chain = chain.clone();
    let block = chain.rules.decode(raw).ok()?;
    let mut checked = chain.rules.check(chain.ancestors.last(), block, late()).ok()?;
    let mut branch = Vec::new();
    while chain.blocks.len() < 50 {
        chain.ancestors.push(chain.rules.extend(chain.ancestors.last(), &checked));
        chain.blocks.push(checked);
        let child = miner.block_of(&chain, Vec::new());
        branch.push(child.encode());
        checked = chain.rules.check(chain.ancestors.last(), child, late()).unwrap();
    }
    Some(branch)
}

#[test]
fn invalid_blocks_change_nothing_and_never_enter_the_chain() {
    for seed in 0..5 {
        let mut miner = Miner::new(seed, "invalid", GENESIS);
        let tree = miner.tree(40);
        let highest = &tree.nodes[tree.highest()[0]].chain;
        assert!(highest.blocks.len() < 45);
        let right: HashSet<_> = tree.nodes.iter().map(|node| node.raw.as_slice()).collect();
        let (mut wrong, mut branches) = (Vec::new(), 0);
        while wrong.len() < 80 || branches < 3 {
            let node = &tree.nodes[miner.below(tree.nodes.len())];
            let raw =
                if miner.random.one_in(4) { miner.with_changed_body(&node.raw) } else { miner.spoiled(&node.chain) };
            let mut chain = node.chain.clone();
            if right.contains(raw.as_slice()) || chain.push(&raw).is_ok() {
                continue;
            }
            assert_same(&chain, &node.chain);
            if let Some(branch) = branch_after_wrong(&mut miner, &chain, &raw) {
                wrong.extend(branch);
                branches += 1;
            }
            wrong.push(raw);
        }
        for _ in 0..5 {
            let mut order = shuffled(&mut miner, &tree);
            order.extend_from_slice(&wrong);
            shuffle(&mut miner, &mut order);
            let mut store = Store::new(miner.chain());
            for raw in &order {
                store.deliver(raw);
                assert!(store.chain.blocks.iter().all(|block| right.contains(block.encoding())));
            }
            assert_same(&store.chain, highest);
            let spoiled = right.iter().find(|raw| store.invalid.contains(&hash(raw)));
            assert_eq!(spoiled, None, "a valid block was taken for an invalid one");
        }
    }
}

/// The hash of a raw block.
fn hash(raw: &[u8]) -> BlockHash {
    Header::decode(raw[..80].try_into().unwrap()).hash()
}
