//! Examples for the six routes in the OpenAPI document: a chain of two blocks and a signed transfer, made of real encodings.

use bcoin_ledger::sound::{Network, Profile, Sound, Transfer};
use serde_json::{Value, json};

use super::stored::Stored;
use crate::wire::{
    messages,
    sound::{BlockJson, MinedAnswer, TransferJson},
};

/// The first block of a network of profile `instant`.
const GENESIS: &str = "\
    000000200000000000000000000000000000000000000000000000000000000000000000a801eb1bc7896178279f52431a5123081114cf\
    8b69d161b7b4efa4b3221838228030026bffff7f2000000000010000000000000000000000000000000000000000000000000000000000\
    00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000\
    0019696e7374616e742f35303030302f372f766563746f72732031";
/// The block after it.
const BLOCK: &str = "\
    00000020edf71c5464d89fc2f741ff36e9688b2cd040a50e8132fc3e1185cdbebf5e305ed909a03484c9fab7a441df215b90c4f67f583d\
    37d3ab81eb987beee29f57567a8a30026bffff7f200400000001000100000079334c66596184c332163b11e235f2471745cc699f8adbab\
    2be16725305f3f01005039278c04000000000000000000000000000000000000000000000000000000000000000000006110e5781bccce\
    a600";
/// A transfer with the note "lunch".
const TRANSFER: &str = "\
    01fb864942e7d26cfbd952ad28eb2cb9c357da7a6a7e41d1366a28bfd3d464be231b67652b0af902dec9d54312ef5af9838bf35840b9f0\
    79de989184d71549aaaf80d1f00800000000e8030000000000000000000000000000056c756e6368e431ee35c38090ab05d626a5656984\
    5a05a07977f3e26bfbb11ccfd3c033def1053f617f71eee3d92ac39a8f3d3bb380a0bd6e0d00185db96184f278cc417b7f";

/// The fields of [`TRANSFER`] as the routes show them.
fn transfer() -> Option<TransferJson> {
    let room = Network::room(Profile::Classroom, Network::DEFAULT_ROOM, || false).ok()?;
    let transfer = Transfer::decode(&hex::decode(TRANSFER).ok()?).ok()?;
    Some((&Sound::new(room).check_transfer(transfer).ok()?).into())
}

fn block(raw: &str, index: u64) -> Option<BlockJson> {
    let network = Network::from_genesis(&hex::decode(GENESIS).ok()?, u32::MAX).ok()?;
    let block = Stored::new(Sound::new(network)).block(index, hex::decode(raw).ok()?).ok()?;
    Some((&block).into())
}

/// A transfer as it is sent.
pub(super) fn sent() -> Value {
    let mut transfer = json!(transfer());
    if let Some(fields) = transfer.as_object_mut() {
        fields.remove("id");
    }
    transfer
}

/// Its id.
pub(super) fn id() -> Option<String> {
    transfer().map(|transfer| transfer.id)
}

/// Both blocks.
pub(super) fn chain() -> [Option<BlockJson>; 2] {
    [block(GENESIS, 1), block(BLOCK, 2)]
}

/// The answer to `/mine_block` that made the second block.
pub(super) fn mined() -> Option<MinedAnswer> {
    block(BLOCK, 2).map(|block| MinedAnswer { message: messages::MINED, block })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_are_real() {
        let [genesis, block] = chain().map(Option::unwrap);
        assert_eq!(block.previous_hash, genesis.hash);
        assert_eq!(mined().unwrap().block, block);
        let sent = sent();
        assert_eq!((&sent["amount"], &sent["note"]), (&json!(150_000_000), &json!("6c756e6368")));
        assert!(sent.get("id").is_none() && id().unwrap().starts_with("8e3a723d"));
    }
}
