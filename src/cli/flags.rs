//! Flags and environment variables (docs/contract.md section 1).

use std::{
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
};

use bcoin_ledger::{BlockHash, Power, sound::Network};
use bcoin_node::PeerAddress;
use bytesize::ByteSize;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, builder::BoolishValueParser};
use clap_complete::Shell;

use super::{failure::Failure, folders, wallet::WalletFlags};
use crate::{
    api::WebOrigin,
    app::Config,
    wire::{
        NodeName,
        v1::{Access, MAX_PAGE, MIN_PAGE},
    },
};

/// The most nodes of a network.
pub(super) const MAX_NODES: u16 = 100;

/// One node of the chapter's blockchain network. Start it three times, on ports 1001, 1002 and 1003, or use `bcoin network`.
#[derive(Debug, Parser)]
#[command(name = "bcoin", version, args_conflicts_with_subcommands = true, max_term_width = 100)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) node: NodeFlags,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run the whole chapter in this terminal: three nodes, connected to each other.
    Network(NetworkFlags),
    /// Write the chain of a data folder: as /get_chain serves it, under the sound rules as nodes exchange it.
    Export(ExportFlags),
    /// Adopt the chain of a file, as exported (or recorded from /get_chain of the printed rules), if it is valid and longer than the
    /// folder's own; under the sound rules, if it has more work.
    Import(ImportFlags),
    /// Check a data folder, and say what is in it and what is wrong.
    Verify(VerifyFlags),
    /// Keys of the sound rules: make, list, show, restore and forget wallets.
    Wallet(WalletFlags),
    /// Ask a running node how it is.
    Status(StatusFlags),
    /// Show the latest blocks of a running node, or one block in full.
    Chain(ChainFlags),
    /// Send a payment to a running node; it waits for the next block.
    Send(SendFlags),
    /// Let a running node mine: blocks now, or by itself from now on.
    Mine(MineFlags),
    /// Show how a running node's peers are, add and remove some, or take the longest chain among them.
    Peers(PeersFlags),
    /// Tell what happens in a running node, as it happens, until Ctrl-C.
    Watch(WatchFlags),
    /// Print a script with which a shell completes these commands and their flags.
    Completions(CompletionsFlags),
}

/// Which data folder, for commands that need one no node is using.
#[derive(Debug, Args)]
pub(super) struct DataFlags {
    /// The node's port, which names its folder in the platform's data folder.
    #[arg(short, long, env = "BCOIN_PORT", default_value_t = 1001, value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) port: u16,

    /// The folder itself.
    #[arg(long, env = "BCOIN_DATA_DIR", value_name = "DIR")]
    pub(super) data_dir: Option<PathBuf>,

    #[command(flatten)]
    pub(super) rules: RulesFlags,

    /// More log; twice for even more. RUST_LOG chooses by module.
    #[arg(short, long, env = "BCOIN_VERBOSE", action = ArgAction::Count)]
    pub(super) verbose: u8,
}

impl DataFlags {
    /// The folder of a node of this network; of one under the printed rules without any.
    pub(super) fn folder(&self, network: Option<&Network>) -> Result<PathBuf, Failure> {
        match &self.data_dir {
            Some(folder) => Ok(folder.clone()),
            None => folders::of_node(self.port, network),
        }
    }
}

/// Which rules, and which network of them.
#[derive(Clone, Debug, Args)]
pub(super) struct RulesFlags {
    /// The printed rules of the chapter, or the sound ones with signatures, work over the block and fees.
    #[arg(long, env = "BCOIN_RULES", value_enum, default_value_t = RulesName::Chapter)]
    pub(super) rules: RulesName,

    /// The room, under the sound rules: the same name makes the same network on every machine [default: B-Coin]
    #[arg(long, env = "BCOIN_ROOM", value_name = "NAME")]
    pub(super) room: Option<String>,

    /// How hard the blocks of the room are, under the sound rules [default: classroom]
    #[arg(long, env = "BCOIN_PROFILE", value_enum)]
    pub(super) profile: Option<ProfileName>,

    /// A file with the first block of another network of the sound rules, in hex.
    #[arg(long, env = "BCOIN_GENESIS", value_name = "FILE", conflicts_with_all = ["room", "profile"])]
    pub(super) genesis: Option<PathBuf>,
}

/// The values of `--rules`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum RulesName {
    /// The printed listing.
    Chapter,
    /// What the chapter describes.
    Sound,
}

/// The values of `--profile`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ProfileName {
    /// A block about every 10 s, whatever the power of the class.
    Classroom,
    /// Blocks without work to speak of, for tests and programming.
    Instant,
}

#[derive(Debug, Args)]
pub(super) struct ExportFlags {
    /// File to write; standard output when it is not given.
    #[arg(short, long, env = "BCOIN_OUT", value_name = "FILE")]
    pub(super) out: Option<PathBuf>,

    /// Number of a given-up chain to write instead of the node's own.
    #[arg(long, env = "BCOIN_GIVEN_UP", value_name = "N")]
    pub(super) given_up: Option<u64>,

    /// List the chains that replacements gave up; the last ten are kept.
    #[arg(long, env = "BCOIN_LIST_GIVEN_UP", value_parser = BoolishValueParser::new())]
    pub(super) list_given_up: bool,

    #[command(flatten)]
    pub(super) data: DataFlags,
}

#[derive(Debug, Args)]
pub(super) struct ImportFlags {
    /// The file to read.
    pub(super) file: PathBuf,

    #[command(flatten)]
    pub(super) data: DataFlags,
}

#[derive(Debug, Args)]
pub(super) struct VerifyFlags {
    #[command(flatten)]
    pub(super) data: DataFlags,
}

#[derive(Debug, Args)]
pub(super) struct NodeFlags {
    /// Port to listen on; 0 takes a free one and prints it.
    #[arg(short, long, env = "BCOIN_PORT", default_value_t = 1001)]
    pub(super) port: u16,

    /// A file in the form of nodes.json; every address in it is connected at start.
    #[arg(long, env = "BCOIN_NODES", value_name = "FILE")]
    pub(super) nodes: Option<PathBuf>,

    /// Where the chain, the pending transactions and the peers are kept [default: the platform's data folder, bcoin/PORT; with
    /// --port 0, in memory]
    #[arg(long, env = "BCOIN_DATA_DIR", value_name = "DIR", conflicts_with = "in_memory")]
    pub(super) data_dir: Option<PathBuf>,

    /// Keep nothing on disk.
    #[arg(long, env = "BCOIN_IN_MEMORY", value_parser = BoolishValueParser::new())]
    pub(super) in_memory: bool,

    #[command(flatten)]
    pub(super) common: CommonFlags,
}

#[derive(Debug, Args)]
pub(super) struct NetworkFlags {
    /// How many nodes.
    #[arg(long, env = "BCOIN_COUNT", default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=i64::from(MAX_NODES)))]
    pub(super) count: u16,

    /// Port of the first node; the others take the next ones [default: 1001, or 5001 where that is not permitted]
    #[arg(long, env = "BCOIN_FIRST_PORT", value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) first_port: Option<u16>,

    /// Where the nodes keep their data, each in a folder named after its port [default: in memory]
    #[arg(long, env = "BCOIN_NETWORK_DATA_DIR", value_name = "DIR")]
    pub(super) data_dir: Option<PathBuf>,

    #[command(flatten)]
    pub(super) common: CommonFlags,
}

#[derive(Clone, Debug, Args)]
pub(super) struct CommonFlags {
    /// Address to listen on. 0.0.0.0 lets every machine on the network in; --guests says what they may do.
    #[arg(long, env = "BCOIN_HOST", value_name = "ADDR", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub(super) host: IpAddr,

    /// How the node is called, for everyone who can reach it [default: the machine's name and the port]
    #[arg(long, env = "BCOIN_NAME", value_name = "NAME")]
    pub(super) name: Option<NodeName>,

    /// What other machines may do when --host lets them in.
    #[arg(long, env = "BCOIN_GUESTS", value_enum, default_value_t = Guests::from(Config::GUESTS))]
    pub(super) guests: Guests,

    /// A node to connect with in both directions; tried again until it answers.
    #[arg(long, env = "BCOIN_JOIN", value_name = "URL")]
    pub(super) join: Option<PeerAddress>,

    /// Show the address for other machines as a QR code.
    #[arg(long, env = "BCOIN_QR", value_parser = BoolishValueParser::new())]
    pub(super) qr: bool,

    #[command(flatten)]
    pub(super) rules: RulesFlags,

    /// Who receives the reward of each mined block: a name; under the sound rules an address or a wallet [default: Bharathi; under
    /// the sound rules the wallet `default`, and of a network the wallet `network`]
    #[arg(long, env = "BCOIN_MINER", value_name = "NAME|ADDRESS")]
    pub(super) miner: Option<String>,

    /// How much of the processor mining may take, in percent from 1 to 100.
    #[arg(long, env = "BCOIN_POWER", value_name = "PERCENT", default_value_t = Power::FULL)]
    pub(super) power: Power,

    /// How many payments may wait before more are refused.
    #[arg(long, env = "BCOIN_MAX_PENDING", value_name = "N", default_value_t = Config::MAX_MEMPOOL)]
    pub(super) max_pending: usize,

    /// The longest chain that is taken from a peer, in bytes of its blocks [default: 1GiB; in memory 64MiB]
    #[arg(long, env = "BCOIN_MAX_CHAIN", value_name = "SIZE")]
    pub(super) max_chain: Option<ByteSize>,

    /// Another Host name to answer to; may be repeated.
    #[arg(long = "allow-host", env = "BCOIN_ALLOW_HOST", value_name = "NAME", value_delimiter = ',')]
    pub(super) allow_host: Vec<String>,

    /// Origin of web pages that may use the node, such as https://school.example; may be repeated.
    #[arg(long = "allow-origin", env = "BCOIN_ALLOW_ORIGIN", value_name = "ORIGIN", value_delimiter = ',')]
    pub(super) allow_origin: Vec<WebOrigin>,

    /// More log; twice for even more. RUST_LOG chooses by module.
    #[arg(short, long, env = "BCOIN_VERBOSE", action = ArgAction::Count)]
    pub(super) verbose: u8,
}

/// The values of `--guests`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Guests {
    /// Everything, the settings too.
    All,
    /// Read, mine, pay, connect nodes and replace the chain.
    Use,
    /// Read.
    Read,
}

impl From<Access> for Guests {
    fn from(access: Access) -> Self {
        match access {
            Access::All => Self::All,
            Access::Use => Self::Use,
            Access::Read => Self::Read,
        }
    }
}

impl From<Guests> for Access {
    fn from(guests: Guests) -> Self {
        match guests {
            Guests::All => Self::All,
            Guests::Use => Self::Use,
            Guests::Read => Self::Read,
        }
    }
}

/// Which running node, for commands that talk to one, and how they print.
#[derive(Debug, Args)]
pub(super) struct AskFlags {
    /// The node to talk to: http://HOST:PORT, or a port of this machine [default: the first node found on this machine, on the
    /// ports 1001 to 1003 and 5001 to 5003]
    #[arg(long, env = "BCOIN_NODE", value_name = "URL")]
    pub(super) node: Option<PeerAddress>,

    /// Print JSON, for programs: what the node answers, a document on each line.
    #[arg(long, env = "BCOIN_JSON", value_parser = BoolishValueParser::new())]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct StatusFlags {
    #[command(flatten)]
    pub(super) ask: AskFlags,
}

#[derive(Debug, Args)]
pub(super) struct ChainFlags {
    /// One block, by its index or its whole hash.
    #[arg(value_name = "INDEX|HASH", value_parser = block_id, conflicts_with_all = ["from", "limit"])]
    pub(super) block: Option<String>,

    /// Index of the first block to show [default: as far back from the last one as --limit says]
    #[arg(long, env = "BCOIN_FROM", value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) from: Option<u64>,

    /// How many blocks to show.
    #[arg(long, env = "BCOIN_LIMIT", value_name = "N", default_value_t = 10,
        value_parser = clap::value_parser!(u64).range(MIN_PAGE as u64..=MAX_PAGE as u64))]
    pub(super) limit: u64,

    #[command(flatten)]
    pub(super) ask: AskFlags,
}

#[derive(Debug, Args)]
pub(super) struct SendFlags {
    /// Under the printed rules who pays, who receives it, and how much; under the sound rules only how much, in coins.
    #[arg(required = true, num_args = 1..=3, value_name = "SENDER RECEIVER AMOUNT | AMOUNT", allow_negative_numbers = true)]
    pub(super) payment: Vec<String>,

    /// Who receives it under the sound rules: an address, or a wallet of this computer.
    #[arg(long, env = "BCOIN_TO", value_name = "ADDRESS|WALLET")]
    pub(super) to: Option<String>,

    /// The wallet that pays; WALLET:N for its key of number N [default: default]
    #[arg(long, env = "BCOIN_SEND_FROM", value_name = "WALLET", requires = "to")]
    pub(super) from: Option<String>,

    /// The fee in coins [default: what the node suggests]
    #[arg(long, env = "BCOIN_FEE", value_name = "COINS", requires = "to")]
    pub(super) fee: Option<String>,

    /// A note of at most 80 bytes, which everybody can read.
    #[arg(long, env = "BCOIN_NOTE", value_name = "TEXT", requires = "to", conflicts_with = "note_hash")]
    pub(super) note: Option<String>,

    /// A file whose SHA-256 becomes the note: who has the file can show later that it existed.
    #[arg(long, env = "BCOIN_NOTE_HASH", value_name = "FILE", requires = "to")]
    pub(super) note_hash: Option<PathBuf>,

    /// Replace the wallet's last payment that waits by this one, with a higher fee.
    #[arg(long, env = "BCOIN_REPLACE_PAYMENT", value_parser = BoolishValueParser::new(), requires = "to")]
    pub(super) replace: bool,

    /// Wait until so many blocks confirm the payment; 1 is the block that holds it.
    #[arg(long, env = "BCOIN_WAIT", value_name = "N", requires = "to", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) wait: Option<u64>,

    /// Send without asking.
    #[arg(long, env = "BCOIN_YES", value_parser = BoolishValueParser::new(), requires = "to")]
    pub(super) yes: bool,

    /// The node may be of another network than the one with which the wallet was used last.
    #[arg(long, env = "BCOIN_GENESIS_CHANGED", value_parser = BoolishValueParser::new(), requires = "to")]
    pub(super) genesis_changed: bool,

    #[command(flatten)]
    pub(super) ask: AskFlags,
}

#[derive(Debug, Args)]
pub(super) struct MineFlags {
    /// How many blocks to mine now.
    #[arg(long, env = "BCOIN_MINE_COUNT", value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) count: u32,

    /// From now on, mine a block every so many milliseconds.
    #[arg(long, env = "BCOIN_EVERY", value_name = "MS", conflicts_with_all = ["count", "on_payment", "off"])]
    pub(super) every: Option<u64>,

    /// From now on, mine whenever payments wait.
    #[arg(long, env = "BCOIN_ON_PAYMENT", value_parser = BoolishValueParser::new(), conflicts_with_all = ["count", "off"])]
    pub(super) on_payment: bool,

    /// From now on, mine one block after the other; under the sound rules only.
    #[arg(long, env = "BCOIN_CONTINUOUS", value_parser = BoolishValueParser::new(), conflicts_with_all = ["count", "every", "on_payment", "off"])]
    pub(super) continuous: bool,

    /// Mine only when asked, from now on.
    #[arg(long, env = "BCOIN_OFF", value_parser = BoolishValueParser::new(), conflicts_with = "count")]
    pub(super) off: bool,

    #[command(flatten)]
    pub(super) ask: AskFlags,
}

#[derive(Debug, Args)]
pub(super) struct PeersFlags {
    /// Address of a node to connect; may be repeated.
    #[arg(long, env = "BCOIN_ADD", value_name = "ADDR", value_delimiter = ',')]
    pub(super) add: Vec<PeerAddress>,

    /// Address of a node to forget; may be repeated.
    #[arg(long, env = "BCOIN_REMOVE", value_name = "ADDR", value_delimiter = ',')]
    pub(super) remove: Vec<PeerAddress>,

    /// Ask all peers for a longer chain, under the sound rules for one with more work, and take the best valid one.
    #[arg(long, env = "BCOIN_REPLACE", value_parser = BoolishValueParser::new())]
    pub(super) replace: bool,

    #[command(flatten)]
    pub(super) ask: AskFlags,
}

#[derive(Debug, Args)]
pub(super) struct WatchFlags {
    #[command(flatten)]
    pub(super) ask: AskFlags,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsFlags {
    /// The shell that reads the script.
    pub(super) shell: Shell,
}

fn block_id(id: &str) -> Result<String, String> {
    let is_index = !id.is_empty() && id.bytes().all(|digit| digit.is_ascii_digit());
    if is_index || id.parse::<BlockHash>().is_ok() {
        Ok(id.to_owned())
    } else {
        Err("a block is named by its index, from 1, or by its whole hash, 64 hexadecimal digits".into())
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_flags_are_consistent() {
        Arguments::command().debug_assert();
    }
}
