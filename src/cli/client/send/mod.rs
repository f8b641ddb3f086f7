//! `bcoin send`: a payment under either rules.

mod chapter;
mod signed;

use super::{find, http::Either, output::Output};
use crate::{
    cli::{failure::Failure, flags::SendFlags},
    wire::{sound::SoundStatus, v1::Status},
};

/// Sends a payment: three words name sender, receiver and amount under the printed rules, one the amount under the sound ones.
pub(in super::super) async fn run(mut flags: SendFlags) -> Result<(), Failure> {
    let words = std::mem::take(&mut flags.payment);
    match (<[String; 3]>::try_from(words), &flags.to) {
        (Ok(words), None) => {
            let (node, out) = (find::node(&flags.ask).await?, Output::new(&flags.ask));
            match node.get("/status").await?.either::<SoundStatus, Status>()? {
                Either::Chapter(_) => chapter::run(&node, out, words).await,
                Either::Sound(_) => Err(Failure::CannotRun(format!(
                    "the node at http://{} follows the sound rules, under which a payment is signed: `bcoin send AMOUNT --to ADDRESS`",
                    node.address()
                ))),
            }
        }
        (Err(words), Some(_)) => match <[String; 1]>::try_from(words) {
            Ok([amount]) => signed::run(flags, &amount).await,
            Err(_) => Err(wrong()),
        },
        _ => Err(wrong()),
    }
}

fn wrong() -> Failure {
    Failure::WrongCommandLine(
        "a payment is `bcoin send SENDER RECEIVER AMOUNT` under the printed rules, and `bcoin send AMOUNT --to ADDRESS` under the \
         sound ones"
            .into(),
    )
}
