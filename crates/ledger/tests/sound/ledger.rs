//! Networks, transfers, chains and branches of an independent model of the rules.

use std::collections::HashMap;

use bcoin_ledger::{
    BlockHash, CheckedBlock as _, Rules as _,
    sound::{
        Address, Amount, Block, GenesisError, Height, Invalidity, Network, Parameters, Profile, SecretKey, Sound,
        Transfer,
    },
};
use serde_json::Value;

use crate::{
    chain::{Chain, late},
    support::{array, bytes, list, text, vectors},
};

fn golden() -> Value {
    vectors("ledger")
}

/// The network whose genesis block is given.
fn network(raw: &[u8]) -> Result<Network, GenesisError> {
    Network::from_genesis(raw, u32::MAX)
}

/// The chain of `chain`, up to the block of this height.
fn chain_to(golden: &Value, height: usize) -> Chain {
    let chain = &golden["chain"];
    let mut built = Chain::new(Sound::new(network(&bytes(&chain["genesis_block"])).unwrap()));
    for block in &list(&chain["blocks"])[..height] {
        built.push(&bytes(&block["raw"])).unwrap();
    }
    built
}

/// Accounts by their addresses, as the golden data has them.
fn accounts(value: &Value) -> HashMap<String, (u64, u64)> {
    let number = |account: &Value, key: &str| account[key].as_u64().unwrap();
    let accounts = value.as_object().unwrap().iter();
    accounts.map(|(name, account)| (name.clone(), (number(account, "balance"), number(account, "nonce")))).collect()
}

#[test]
fn the_built_in_genesis_is_the_worked_one() {
    let golden = golden();
    let room = Network::room(Profile::Classroom, Network::DEFAULT_ROOM, || true).unwrap();
    assert_eq!(room.genesis().encoding(), bytes(&golden["network"]["genesis_block"]));
    assert_eq!(room.genesis_hash().to_string(), text(&golden["network"]["genesis_hash"]));
    assert_eq!(room.parameters(), &Parameters::room(Profile::Classroom, text(&golden["network"]["name"])).unwrap());
}

#[test]
fn a_room_follows_from_its_name() {
    let golden = golden();
    let rooms = list(&golden["rooms"]);
    assert_eq!(rooms.len(), 3);
    for room in rooms {
        let network = Network::room(Profile::Classroom, text(&room["room"]), || false).unwrap();
        assert_eq!(network.genesis().encoding(), bytes(&room["genesis_block"]));
        assert_eq!(network.genesis_hash().to_string(), text(&room["genesis_hash"]));
        assert_eq!(network.parameters().name(), text(&room["room"]));
    }
    let cancelled = Network::room(Profile::Classroom, "another", || true);
    assert!(matches!(cancelled, Err(GenesisError::Cancelled)));
}

#[test]
fn other_genesis_blocks_are_refused_with_a_fitting_reason() {
    let reasons: HashMap<_, _> = list(&golden()["refused_genesis"])
        .iter()
        .map(|case| (text(&case["what"]).to_owned(), network(&bytes(&case["raw"])).unwrap_err().to_string()))
        .collect();
    for (what, reason) in [
        ("halving 0", "from 1 to 99999999"),
        ("subsidy 0", "from 1 to 99999999"),
        ("leading zero", "without leading zeros"),
        ("sign", "numbers from 1"),
        ("blank", "numbers from 1"),
        ("not decimal", "numbers from 1"),
        ("nine digits", "numbers from 1"),
        ("more than 21 million", "21 million"),
        ("no name", "1 to 40 bytes"),
        ("name of 41 bytes", "1 to 40 bytes"),
        ("no UTF-8", "UTF-8"),
        ("control character", "no control characters"),
        ("unknown profile", "classroom or instant"),
        ("capitals", "classroom or instant"),
        ("two parts", "PROFILE/SUBSIDY/HALVING/NAME"),
        ("no note", "PROFILE/SUBSIDY/HALVING/NAME"),
        ("with a parent", "no parent"),
        ("height 1", "height 0"),
        ("a receiver", "without receiver"),
        ("an amount", "without receiver, amount"),
        ("a commitment", "commitment"),
        ("two transactions", "one coinbase"),
        ("bits of another profile", "bits"),
        ("not enough work", "hash"),
    ] {
        assert!(reasons[what].contains(reason), "{what}: {}", reasons[what]);
    }
    assert_eq!(reasons.len(), 24);
}

#[test]
fn transfers_are_encoded_signed_and_named_as_the_model_does() {
    let golden = golden();
    let rules = Sound::new(network(&bytes(&golden["network"]["genesis_block"])).unwrap());
    let keys: HashMap<_, _> = list(&golden["keys"])
        .iter()
        .map(|key| (text(&key["address"]).to_owned(), array::<32>(&key["secret"])))
        .collect();
    let cases = list(&golden["transfers"]);
    assert_eq!(cases.len(), 4);
    for case in cases {
        let raw = bytes(&case["raw"]);
        let transfer = Transfer::decode(&raw).unwrap();
        assert_eq!(transfer.encode(), raw);
        assert_eq!(transfer.id().to_string(), text(&case["id"]));
        let sighash = transfer.sighash(rules.network().sighash_engine());
        assert_eq!(hex::encode(sighash), text(&case["sighash"]));
        let secret = SecretKey::from_bytes(keys[text(&case["sender"])]).unwrap();
        assert_eq!(secret.sign(&sighash, &array(&case["aux"])), transfer.signature);
        let address = |key| Address::from(bcoin_ledger::sound::PublicKey::try_from(key).unwrap()).to_string();
        assert_eq!(address(transfer.sender), text(&case["sender"]));
        assert_eq!(address(transfer.receiver), text(&case["receiver"]));
        let number = |key: &str| case[key].as_u64().unwrap();
        assert_eq!((transfer.amount, transfer.fee, transfer.nonce), (number("amount"), number("fee"), number("nonce")));
        assert_eq!(transfer.note.as_bytes(), bytes(&case["note"]));
        let checked = rules.check_transfer(transfer.clone()).unwrap();
        assert_eq!((checked.transfer(), checked.id()), (&transfer, transfer.id()));
    }
}

#[test]
fn refused_transfers_are_refused_for_their_reason() {
    let golden = golden();
    let rules = Sound::new(network(&bytes(&golden["network"]["genesis_block"])).unwrap());
    let cases = list(&golden["refused_transfers"]);
    assert_eq!(cases.len(), 19);
    for case in cases {
        let why = match Transfer::decode(&bytes(&case["raw"])) {
            Err(error) => error.why(),
            Ok(transfer) => rules.check_transfer(transfer).unwrap_err().why(),
        };
        assert_eq!(why, text(&case["why"]), "{}", text(&case["raw"]));
    }
}

#[test]
fn the_chain_is_taken_with_its_hashes_accounts_and_work() {
    let golden = golden();
    let mut chain = chain_to(&golden, 0);
    assert_eq!(chain.tip().hash.to_string(), text(&golden["chain"]["genesis_hash"]));
    let blocks = list(&golden["chain"]["blocks"]);
    assert_eq!(blocks.len(), 40);
    let mut compared = 0;
    for block in blocks {
        let raw = bytes(&block["raw"]);
        chain.push(&raw).unwrap();
        let tip = chain.tip();
        assert_eq!((tip.height, tip.hash.to_string()), (block["index"].as_u64().unwrap(), text(&block["hash"]).into()));
        assert_eq!(Block::decode(&raw).unwrap().encode(), raw);
        if let Some(expected) = block.get("accounts") {
            assert_eq!(chain.by_address(), accounts(expected), "block {}", tip.height);
            compared += 1;
        }
        let restored = chain.rules.restore(tip, raw).unwrap();
        assert_eq!((restored.tip(), restored.transfers()), (tip, chain.blocks.last().unwrap().transfers()));
    }
    assert_eq!(compared, 8);
    assert_eq!(chain.tip().work.to_string(), text(&golden["chain"]["work"]));
}

#[test]
fn refused_blocks_are_refused_for_their_reason_and_change_nothing() {
    let golden = golden();
    let cases = list(&golden["refused_blocks"]);
    assert_eq!(cases.len(), 85);
    for case in cases {
        let mut chain = chain_to(&golden, case["after"].as_u64().unwrap() as usize);
        let before = (chain.tip(), chain.state.clone());
        let (error, what) = (chain.push(&bytes(&case["raw"])).unwrap_err(), text(&case["what"]));
        assert_eq!(error.why(), text(&case["why"]), "{what}: {error}");
        assert_eq!((chain.tip(), chain.state.clone()), before, "{what}");
        let invalidity = match error.why() {
            "previous" => Invalidity::MissingParent,
            "encoding" | "merkle" | "mutated" | "size" => Invalidity::Body,
            _ => Invalidity::Permanent,
        };
        assert_eq!(error.invalidity(), invalidity, "{what}");
    }
}

#[test]
fn bodies_of_the_same_header_do_not_spoil_the_honest_one() {
    let golden = golden();
    let cases = list(&golden["same_header"]);
    assert_eq!(cases.len(), 3);
    for case in cases {
        let after = case["after"].as_u64().unwrap() as usize;
        let mut chain = chain_to(&golden, after);
        let honest = bytes(&list(&golden["chain"]["blocks"])[after]["raw"]);
        let bodies = list(&case["bodies"]);
        assert_eq!(bodies.len(), 8);
        for body in bodies {
            let raw = bytes(&body["raw"]);
            assert_eq!(raw[..80], honest[..80], "the same header");
            let error = chain.push(&raw).unwrap_err();
            assert_eq!(error.why(), text(&body["why"]), "{error}");
            assert_eq!(error.invalidity(), Invalidity::Body, "{error}");
        }
        chain.push(&honest).unwrap();
    }
}

#[test]
fn the_branch_overtakes_and_leaves_the_accounts_of_the_model() {
    let golden = golden();
    let branch = &golden["branch"];
    let (after, blocks) = (branch["after"].as_u64().unwrap() as usize, list(&branch["blocks"]));
    assert_eq!(blocks.len(), 25);
    let mut chain = chain_to(&golden, 40);
    let whole = (chain.tip(), chain.state.clone());
    let popped: Vec<_> = (after..40).map(|_| chain.pop()).collect();
    let fork = chain_to(&golden, after);
    assert_eq!((chain.tip(), &chain.state), (fork.tip(), &fork.state));
    for block in blocks {
        chain.push(&bytes(&block["raw"])).unwrap();
        assert_eq!(chain.tip().hash.to_string(), text(&block["hash"]));
    }
    assert!(chain.tip().has_more_work_than(&whole.0));
    assert_eq!(chain.by_address(), accounts(&branch["accounts"]));
    assert_eq!(chain.tip().work.to_string(), text(&branch["work"]));
    for _ in blocks {
        chain.pop();
    }
    for block in popped.into_iter().rev() {
        chain.connect(block).unwrap();
    }
    assert_eq!((chain.tip(), chain.state), whole);
}

#[test]
fn subsidies_halve_as_in_the_model() {
    let cases = golden()["subsidies"].clone();
    assert_eq!(list(&cases).len(), 12);
    for case in list(&cases) {
        let number = |key: &str| case[key].as_u64().unwrap();
        let note = format!("instant/{}/{}/a", number("subsidy"), number("halving"));
        let parameters = Parameters::from_note(note.as_bytes()).unwrap();
        let height = Height::new(number("height") as u32);
        assert_eq!(parameters.subsidy(height), Amount::from_units(number("units")).unwrap(), "{height}");
    }
}

#[test]
fn a_stored_block_is_rechecked_to_the_byte() {
    let golden = golden();
    let chain = chain_to(&golden, 13);
    let (parent, block) = (&chain.ancestors[12], &chain.blocks[13]);
    let bytes = block.encoding();
    assert_eq!(chain.rules.recheck(Some(parent), bytes).unwrap(), chain.ancestors[13]);
    for at in 0..bytes.len() {
        let mut changed = bytes.to_vec();
        changed[at] ^= 1;
        let same = chain.rules.recheck(Some(parent), &changed).is_ok_and(|after| after.tip() == block.tip());
        assert!(!same, "byte {at}");
    }
    let genesis = &chain.blocks[0];
    assert_eq!(chain.rules.recheck(None, genesis.encoding()).unwrap(), chain.ancestors[0]);
    assert!(chain.rules.recheck(None, bytes).is_err());
}

#[test]
fn a_first_block_of_another_network_is_refused() {
    let golden = golden();
    let chain = chain_to(&golden, 0);
    let other = Network::room(Profile::Instant, "another", || false).unwrap();
    let block = chain.rules.decode(other.genesis().encoding()).unwrap();
    let error = chain.rules.check(None, block, late()).unwrap_err();
    assert_eq!(error.why(), "previous");
    let found: BlockHash = other.genesis_hash();
    assert!(error.to_string().contains(&found.to_string()), "{error}");
}
