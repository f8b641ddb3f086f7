//! A payment under the printed rules: a sender, a receiver and an amount, which nobody signs.

use bcoin_ledger::chapter::Number;

use super::super::{http::Node, output::Output, words};
use crate::{
    cli::failure::Failure,
    wire::v1::{Field, Payment, Waiting},
};

/// Sends it, and prints which block will hold it.
pub(super) async fn run(node: &Node, out: Output, [sender, receiver, typed]: [String; 3]) -> Result<(), Failure> {
    let payment = Payment { sender, receiver, amount: amount(&typed)? };
    let answer = node.post_json("/pending", &payment).await?;
    if out.is_json() {
        return out.document(answer.json()?);
    }
    let waiting: Waiting = answer.read()?;
    out.line(format_args!("{}; it waits for block {}", words::transaction(&waiting.transaction), waiting.block))
}

/// The amount as it was typed. A number keeps all its digits. Anything else becomes a string, which the node refuses or accepts.
fn amount(typed: &str) -> Result<Field, serde_json::Error> {
    match Number::from_json(typed) {
        Ok(_) => serde_json::from_str(typed),
        Err(_) => Ok(Field::text(typed)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_sent_as_it_was_typed() {
        let long = "9".repeat(100);
        for number in ["10", "1.50", "1e2", "-5", "0", &long] {
            assert_eq!(amount(number).unwrap().json(), number);
        }
        for (typed, sent) in [
            ("ten", "\"ten\""),
            ("007", "\"007\""),
            ("", "\"\""),
            ("true", "\"true\""),
            ("1 ", "\"1 \""),
            ("[1]", "\"[1]\""),
        ] {
            assert_eq!(amount(typed).unwrap().json(), sent);
        }
    }
}
