//! What the flags of a node say of its rules.

use bcoin_ledger::{
    chapter::Transaction,
    sound::{Address, Network},
};

use super::{failure::Failure, flags::CommonFlags, wallet};
use crate::app::{Config, RulesConfig};

/// The rules of a node of this network, or the printed ones without any, and who is paid: under the sound rules `payee` when the
/// flags say nothing.
///
/// # Errors
/// When `--miner` names nobody under these rules.
pub(super) fn config(
    flags: &CommonFlags,
    network: Option<&Network>,
    payee: Option<Address>,
) -> Result<RulesConfig, Failure> {
    let wrong = |reason: String| Failure::WrongCommandLine(format!("--miner: {reason}"));
    match network {
        None => {
            let miner = flags.miner.clone().unwrap_or_else(|| Config::MINER.into());
            let max = Transaction::MAX_NAME;
            if !(1..=max).contains(&miner.chars().count()) {
                return Err(wrong(format!("a name has 1 to {max} characters")));
            }
            if miner.parse::<Address>().is_ok() {
                tracing::warn!(
                    "--miner is an address, and under the printed rules only a name; was --rules sound meant?"
                );
            }
            Ok(RulesConfig::Chapter { miner })
        }
        Some(network) => {
            let miner = match flags.miner.as_deref() {
                None => payee,
                Some(miner) => Some(wallet::own_address(miner).map_err(|failure| match failure {
                    Failure::WrongCommandLine(reason) => wrong(reason),
                    other => other,
                })?),
            };
            Ok(RulesConfig::Sound { network: Box::new(network.clone()), miner })
        }
    }
}
