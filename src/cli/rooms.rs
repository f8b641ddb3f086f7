//! The networks of the sound rules, by the flags that name them. Finding the first block of a room takes a second or two on all
//! cores, so what was found is kept in a small file.

use std::{
    fs,
    path::{Path, PathBuf},
};

use bcoin_ledger::sound::{GenesisError, Network, ParameterError, Profile, unix_time};
use bcoin_node::{PeerAddress, now};
use sha2::{Digest as _, Sha256};

use super::{
    client,
    failure::Failure,
    flags::{ProfileName, RulesFlags, RulesName},
    folders,
};

/// The longest file with a genesis block that is read: a block has at most 1,000,000 bytes.
const MAX_GENESIS_FILE: u64 = 3 << 20;
/// How many digits of a hash are shown to people.
const DESCRIBED_DIGITS: usize = 8;
/// The length of the name of a file that keeps the nonce of a room, in digits.
const NAME_DIGITS: usize = 16;

/// The network that these flags name; none under the printed rules.
///
/// # Errors
/// When the flags contradict each other, or name no network.
pub(super) fn network(flags: &RulesFlags) -> Result<Option<Network>, Failure> {
    if flags.rules == RulesName::Chapter {
        let named = [
            ("--room", flags.room.is_some()),
            ("--profile", flags.profile.is_some()),
            ("--genesis", flags.genesis.is_some()),
        ];
        return match named.into_iter().find(|(_, is_named)| *is_named) {
            None => Ok(None),
            Some((flag, _)) => {
                Err(Failure::WrongCommandLine(format!("{flag} names a network of the sound rules; add --rules sound")))
            }
        };
    }
    if let Some(file) = &flags.genesis {
        return from_file(file).map(Some);
    }
    let profile = match flags.profile {
        None | Some(ProfileName::Classroom) => Profile::Classroom,
        Some(ProfileName::Instant) => Profile::Instant,
    };
    let name = flags.room.as_deref().unwrap_or(Network::DEFAULT_ROOM);
    let network = room(profile, name).map_err(|error| match error {
        GenesisError::Parameters(ParameterError::Name) => Failure::WrongCommandLine(format!("--room: {error}")),
        error => Failure::CannotRun(error.to_string()),
    });
    network.map(Some)
}

/// As [`network`], off the threads that answer signals. With `--join` and nothing said of the network, it is that of the node to be
/// joined, if that answers.
pub(super) async fn find(flags: &RulesFlags, join: Option<&PeerAddress>) -> Result<Option<Network>, Failure> {
    let is_unnamed = flags.room.is_none() && flags.profile.is_none() && flags.genesis.is_none();
    if let (RulesName::Sound, true, Some(join)) = (flags.rules, is_unnamed, join) {
        match client::first_block(join).await {
            Ok(block) => {
                let network = Network::from_genesis(&block, unix_time(now()));
                return network.map(Some).map_err(|error| {
                    Failure::CannotRun(format!("the first block of the node to be joined cannot be used: {error}"))
                });
            }
            Err(Failure::CannotRun(reason) | Failure::WrongCommandLine(reason)) => tracing::warn!(
                reason,
                "the room of the node to be joined is not known, so this node begins in the room {}",
                Network::DEFAULT_ROOM
            ),
            Err(failure) => return Err(failure),
        }
    }
    let flags = flags.clone();
    tokio::task::spawn_blocking(move || network(&flags)).await?
}

/// A network for people: the name of its room, how hard its blocks are, and the beginning of its first block's hash.
pub(super) fn described(network: &Network) -> String {
    let (parameters, genesis) = (network.parameters(), network.genesis_hash().to_string());
    let name = parameters.name().escape_debug();
    format!("{name}, {}, first block {}...", parameters.profile(), &genesis[..DESCRIBED_DIGITS])
}

/// The network whose first block stands in this file, in hex.
fn from_file(file: &Path) -> Result<Network, Failure> {
    let unusable =
        |reason: String| Failure::CannotRun(format!("the first block in {} cannot be used: {reason}", file.display()));
    let length = fs::metadata(file).map_err(|error| unusable(error.to_string()))?.len();
    if length > MAX_GENESIS_FILE {
        return Err(unusable("the file is too long for a block in hex".into()));
    }
    let text = fs::read_to_string(file).map_err(|error| unusable(error.to_string()))?;
    let bytes = hex::decode(text.trim())
        .map_err(|_| unusable("it has to hold the block in hexadecimal digits, and nothing else".into()))?;
    Network::from_genesis(&bytes, unix_time(now())).map_err(|error| unusable(error.to_string()))
}

/// The network of a room. What an earlier search has found is taken from its file, when it is right.
fn room(profile: Profile, name: &str) -> Result<Network, GenesisError> {
    let is_kept = name != Network::DEFAULT_ROOM;
    let file = folders::of_program().filter(|_| is_kept).map(|folder| nonce_file(&folder, profile, name));
    if let Some(file) = &file
        && let Ok(text) = fs::read_to_string(file)
        && let Ok(nonce) = text.trim().parse()
        && let Ok(network) = Network::room_with_nonce(profile, name, nonce)
    {
        return Ok(network);
    }
    if is_kept {
        tracing::info!(room = name, "looking for the first block of the room; that is done once");
    }
    let network = Network::room(profile, name, || false)?;
    if let Some(file) = &file
        && let Err(error) = keep(file, network.genesis().header().header().nonce)
    {
        tracing::debug!(%error, "the first block of the room is searched for again at the next start");
    }
    Ok(network)
}

/// The file that keeps the nonce of a room. Names of rooms may hold characters that file systems do not take.
fn nonce_file(folder: &Path, profile: Profile, name: &str) -> PathBuf {
    let name = hex::encode(Sha256::digest(format!("{profile}/{name}")));
    folder.join("rooms").join(&name[..NAME_DIGITS])
}

fn keep(file: &Path, nonce: u32) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(file, format!("{nonce}\n"))
}
