//! Judges real headers of Bitcoin by Bitcoin's own rules: links, work, the change of the target each 2016 blocks, and times.
//!
//! `cargo run --example bitcoin_headers -- FILE`, where FILE holds headers of 80 bytes each, from the genesis block on. It ends
//! with 0 when all are right, and with 1 at the first one that is not.

use std::{
    env,
    fs::File,
    io::{self, BufReader, Read},
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use bcoin_ledger::{
    BlockHash, Tip,
    sound::{HEADER_BYTES, Header, HeaderChain, HeaderError, Profile},
};
use thiserror::Error;

/// Hash of Bitcoin's genesis block. A header alone does not show that a chain is Bitcoin's: anybody can begin another one with
/// headers that are as easy.
const GENESIS: &str = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f";

/// Why a file is no chain of Bitcoin's headers.
#[derive(Debug, Error)]
enum Failure {
    #[error("the file cannot be read: {0}")]
    File(#[from] io::Error),
    #[error("the file is empty: it has to hold headers of 80 bytes each")]
    Empty,
    #[error("height {height}: the file ends after byte {bytes} of the header, which has 80")]
    Cut { height: u64, bytes: usize },
    #[error("height 0: the hash is {found}, and Bitcoin's genesis block has {GENESIS}")]
    OtherGenesis { found: BlockHash },
    #[error("height {height}: {error}")]
    Header { height: u64, error: HeaderError },
}

fn main() -> ExitCode {
    let (Some(file), None) = (env::args_os().nth(1), env::args_os().nth(2)) else {
        eprintln!("usage: cargo run --example bitcoin_headers -- FILE");
        return ExitCode::from(2);
    };
    match File::open(file).map_err(Failure::from).and_then(|file| judge(BufReader::new(file), now())) {
        Ok(tip) => {
            println!("all right up to height {}, work {}, tip {}", tip.height - 1, tip.work, tip.hash);
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

/// The clock: Unix time in seconds.
fn now() -> u32 {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    u32::try_from(seconds).unwrap_or(u32::MAX)
}

/// The end of the chain whose headers these are.
fn judge(mut headers: impl Read, now: u32) -> Result<Tip, Failure> {
    let mut chain: Option<HeaderChain> = None;
    loop {
        let height = chain.map_or(0, |chain| chain.tip().height);
        let mut bytes = Vec::with_capacity(HEADER_BYTES);
        headers.by_ref().take(HEADER_BYTES as u64).read_to_end(&mut bytes)?;
        if bytes.is_empty() {
            return chain.map(|chain| chain.tip()).ok_or(Failure::Empty);
        }
        let Ok(bytes) = bytes.as_slice().try_into() else {
            return Err(Failure::Cut { height, bytes: bytes.len() });
        };
        let header = Header::decode(bytes);
        if height == 0 && header.hash().to_string() != GENESIS {
            return Err(Failure::OtherGenesis { found: header.hash() });
        }
        let checked = HeaderChain::check(Profile::Bitcoin, chain.as_ref(), &header, now)
            .map_err(|error| Failure::Header { height, error })?;
        chain = Some(HeaderChain::extend(chain.as_ref(), &checked));
    }
}
