//! `bcoin send`: a payment under either rules.

mod chapter;
mod signed;

use super::{find, output::Output};
use crate::cli::{failure::Failure, flags::SendFlags};

/// Sends a payment: three words name sender, receiver and amount under the printed rules, one the amount under the sound ones.
pub(in super::super) async fn run(mut flags: SendFlags) -> Result<(), Failure> {
    let words = std::mem::take(&mut flags.payment);
    match (<[String; 3]>::try_from(words), &flags.to) {
        (Ok(words), None) => {
            let (node, out) = (find::node(&flags.ask).await?, Output::new(&flags.ask));
            chapter::run(&node, out, words).await
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
