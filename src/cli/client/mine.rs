//! `bcoin mine`: blocks now, or mining by itself from now on.

use super::{
    find,
    http::{Either, Node},
    output::{GOOD, Output},
    sound_words, words,
};
use crate::{
    cli::{failure::Failure, flags::MineFlags},
    wire::{
        sound,
        v1::{BlockJson, HeaderJson, MinedJson, MiningJson},
    },
};

/// Lets the node mine.
pub(in super::super) async fn run(flags: &MineFlags) -> Result<(), Failure> {
    let (node, out) = (find::node(&flags.ask).await?, Output::new(&flags.ask));
    match by_itself(flags) {
        Some(mining) => set(&node, out, mining).await,
        None => now(&node, out, flags.count).await,
    }
}

fn by_itself(flags: &MineFlags) -> Option<MiningJson> {
    match flags.every {
        Some(every_ms) => Some(MiningJson::Interval { every_ms }),
        None if flags.on_payment => Some(MiningJson::OnPayment),
        None if flags.continuous => Some(MiningJson::Continuous),
        None if flags.off => Some(MiningJson::Off),
        None => None,
    }
}

async fn set(node: &Node, out: Output, mining: MiningJson) -> Result<(), Failure> {
    let answer = node.put_json("/mining", &mining).await?;
    if out.is_json() {
        return out.document(answer.json()?);
    }
    out.line(format_args!("http://{} mines {}", node.address(), words::mining(answer.read()?)))
}

async fn now(node: &Node, out: Output, count: u32) -> Result<(), Failure> {
    for _ in 0..count {
        let answer = node.post("/blocks").await?;
        if out.is_json() {
            out.document(answer.json()?)?;
            continue;
        }
        out.line(out.paint(GOOD, mined(answer.either()?)?))?;
    }
    Ok(())
}

/// A block that was mined, in words.
fn mined(mined: Either<sound::MinedJson, MinedJson>) -> Result<String, serde_json::Error> {
    match mined {
        Either::Sound(mined) => Ok(sound_words::mined_block(&mined.block, mined.tries, mined.took_ms)),
        Either::Chapter(MinedJson { block, tries, took_ms }) => {
            let block: BlockJson = serde_json::from_str(block.get())?;
            Ok(words::mined(&header(block), tries, took_ms))
        }
    }
}

fn header(block: BlockJson) -> HeaderJson {
    let BlockJson { hash, index, previous_hash, proof, timestamp, transactions } = block;
    HeaderJson { index, hash, previous_hash, proof, timestamp, transactions: transactions.len() }
}
