//! What the flags of a node say of its rules.

use bcoin_ledger::{
    chapter::Transaction,
    sound::{Address, Network},
};

use super::{failure::Failure, flags::CommonFlags};
use crate::app::{Config, RulesConfig};

/// The rules of a node of this network, or the printed ones without any, and who is paid.
///
/// # Errors
/// When `--miner` names nobody under these rules.
pub(super) fn config(flags: &CommonFlags, network: Option<&Network>) -> Result<RulesConfig, Failure> {
    let wrong = |reason: String| Failure::WrongCommandLine(format!("--miner: {reason}"));
    match network {
        None => {
            let miner = flags.miner.clone().unwrap_or_else(|| Config::MINER.into());
            let max = Transaction::MAX_NAME;
            if !(1..=max).contains(&miner.chars().count()) {
                return Err(wrong(format!("a name has 1 to {max} characters")));
            }
            Ok(RulesConfig::Chapter { miner })
        }
        Some(network) => {
            let miner = flags.miner.as_deref().map(str::parse::<Address>).transpose();
            let miner = miner.map_err(|error| wrong(error.to_string()))?;
            Ok(RulesConfig::Sound { network: Box::new(network.clone()), miner })
        }
    }
}
