//! Where the program keeps things in the platform's data folder.

use std::path::PathBuf;

use bcoin_ledger::sound::Network;

use super::failure::Failure;

/// How many digits of the hash of the first block name the folder of a network.
const NETWORK_DIGITS: usize = 8;

/// The folder of the program, where the platform has one.
pub(super) fn of_program() -> Option<PathBuf> {
    Some(dirs::data_local_dir()?.join("bcoin"))
}

/// The default data folder of the node on `port`; under the sound rules each network has its own (docs/contract.md section 1).
pub(super) fn of_node(port: u16, network: Option<&Network>) -> Result<PathBuf, Failure> {
    let mut folder = of_program().ok_or_else(|| {
        Failure::CannotRun("this user has no data folder; name one with --data-dir, or run with --in-memory".into())
    })?;
    if let Some(network) = network {
        let genesis = network.genesis_hash().to_string();
        folder.push(format!("sound-{}", &genesis[..NETWORK_DIGITS]));
    }
    Ok(folder.join(port.to_string()))
}
