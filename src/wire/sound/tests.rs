//! The JSON of an independent model's transfers and blocks.

use bcoin_ledger::{
    Rules as _, Tip, Work,
    sound::{CheckedBlock, Header, MerkleProof, Network, Profile, Sound, Transfer, TransferError, Txid, double_sha256},
};
use serde_json::{Value, json};

use super::*;

fn ledger() -> Value {
    serde_json::from_str(include_str!("../../../tests/vectors/sound/ledger.json")).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

/// The rules for which the model's transfers are signed.
fn room() -> Sound {
    Sound::new(Network::room(Profile::Classroom, Network::DEFAULT_ROOM, || false).unwrap())
}

/// The blocks of the model's chain, the genesis block first.
fn blocks(ledger: &Value) -> Vec<CheckedBlock> {
    let chain = &ledger["chain"];
    let rules = Sound::new(Network::from_genesis(&bytes(&chain["genesis_block"]), u32::MAX).unwrap());
    let raws = std::iter::once(&chain["genesis_block"])
        .chain(chain["blocks"].as_array().unwrap().iter().map(|block| &block["raw"]));
    let restore = |(height, raw)| {
        let raw = bytes(raw);
        let hash = rules.header(&rules.decode(&raw).unwrap()).hash();
        rules.restore(Tip { height, hash, work: Work::from(1) }, raw).unwrap()
    };
    (1..).zip(raws).map(restore).collect()
}

#[test]
fn a_transfer_is_shown_and_read_as_the_model_has_it() {
    let rules = room();
    for golden in ledger()["transfers"].as_array().unwrap() {
        let raw = bytes(&golden["raw"]);
        let checked = rules.check_transfer(Transfer::decode(&raw).unwrap()).unwrap();
        let shown = json!(TransferJson::from(&checked));
        for field in ["id", "sender", "receiver", "amount", "fee", "nonce", "note"] {
            assert_eq!(shown[field], golden[field], "{field}");
        }
        let by_fields = transfer_from_json(shown.to_string().as_bytes()).unwrap();
        let by_raw = transfer_from_json(json!({"raw": golden["raw"]}).to_string().as_bytes()).unwrap();
        assert_eq!((by_fields.encode(), by_raw.encode()), (raw.clone(), raw));
    }
}

#[test]
fn a_transfer_that_the_model_refuses_is_refused_for_the_same_rule() {
    let rules = room();
    for golden in ledger()["refused_transfers"].as_array().unwrap() {
        let why = match transfer_from_json(json!({"raw": golden["raw"]}).to_string().as_bytes()) {
            Ok(transfer) => rules.check_transfer(transfer).map_err(|error: TransferError| error.why()).unwrap_err(),
            Err(error) => error.why().unwrap(),
        };
        assert_eq!(why, golden["why"], "{golden}");
    }
}

#[test]
fn a_block_is_shown_with_all_that_is_hashed() {
    let ledger = ledger();
    let blocks = blocks(&ledger);
    let goldens = ledger["chain"]["blocks"].as_array().unwrap();
    for (block, golden) in blocks.iter().skip(1).zip(goldens) {
        let shown = BlockJson::from(block);
        assert_eq!((json!(shown.index), json!(shown.hash)), (golden["index"].clone(), golden["hash"].clone()));
        let header = Header {
            version: shown.version,
            previous: shown.previous_hash.parse().unwrap(),
            merkle_root: shown.merkle_root.parse().unwrap(),
            time: shown.timestamp,
            bits: shown.bits.parse().unwrap(),
            nonce: shown.proof,
        };
        assert_eq!(header.hash().to_string(), shown.hash);
        let TransactionJson::Reward(reward) = &shown.transactions[0] else { panic!("the first one is the reward") };
        assert!(reward.receiver.as_ref().unwrap().starts_with("bco1"), "{reward:?}");
        assert!(shown.transactions[1..].iter().all(|one| matches!(one, TransactionJson::Transfer(_))));
        assert_eq!(serde_json::from_value::<BlockJson>(json!(shown)).unwrap(), shown);
    }
    let genesis = json!(BlockJson::from(&blocks[0]));
    assert_eq!((&genesis["index"], &genesis["transactions"][0]["receiver"]), (&json!(1), &Value::Null));
    assert_eq!(genesis["transactions"][0]["note"], hex::encode("instant/50000/7/vectors 1"));
}

#[test]
fn a_header_sums_its_block_up() {
    let ledger = ledger();
    let rules = room();
    for block in &blocks(&ledger) {
        let (header, whole) = (HeaderJson::from(&rules.summary(block)), BlockJson::from(block));
        assert_eq!(header.transactions, whole.transactions.len());
        let TransactionJson::Reward(RewardJson { receiver, amount, .. }) = &whole.transactions[0] else { panic!() };
        assert_eq!((&header.receiver, header.reward), (receiver, *amount));
        assert_eq!(header.work, format!("{:064x}", 1));
        let (mut header, mut whole) = (json!(header), json!(whole));
        for own in ["transactions", "bytes", "reward", "receiver", "work"] {
            header.as_object_mut().unwrap().remove(own);
            whole.as_object_mut().unwrap().remove(own);
        }
        assert_eq!(header, whole);
    }
}

#[test]
fn every_transaction_of_a_block_has_a_proof_and_there_are_no_others() {
    let ledger = ledger();
    for block in &blocks(&ledger) {
        let count = block.transfers().len() as u32 + 1;
        for position in 0..count {
            let proof = ProofJson::new(block, position).unwrap();
            let header = Header::decode(hex::decode(&proof.header).unwrap().first_chunk().unwrap());
            assert_eq!(header.hash(), header_of(block));
            let branch = proof.branch.iter().map(|hash| hash.parse::<Txid>().unwrap().to_hashed()).collect();
            let way = MerkleProof::from_parts(branch, proof.position).unwrap();
            let id = Txid::from_hashed(double_sha256(hex::decode(&proof.raw).unwrap()));
            assert!(way.verify(id, header.merkle_root), "{position} of {count}");
        }
        assert_eq!(ProofJson::new(block, count), None);
    }
}

fn header_of(block: &CheckedBlock) -> bcoin_ledger::BlockHash {
    block.header().header().hash()
}
