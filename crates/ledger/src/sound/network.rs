//! Which network it is: the genesis block, and what it says.

use thiserror::Error;

use super::{
    block::{Block, DecodeError},
    check::{self, BlockError, CheckedBlock},
    hash::MerkleRoot,
    header::Header,
    header_chain::HeaderChain,
    height::Height,
    key::XOnlyKey,
    parameters::{ParameterError, Parameters},
    profile::Profile,
    search,
    transaction::{Coinbase, Note, SigningHash, Transaction},
};
use crate::{hash::BlockHash, rules::CheckedBlock as _};

/// The time in the genesis block of every room: 22 November 2026, in Unix seconds.
const ROOM_TIME: u32 = 1_795_305_600;

/// A network: nodes with another genesis block never exchange anything with it.
#[derive(Clone, Debug)]
pub struct Network {
    genesis: CheckedBlock,
    parameters: Parameters,
    signing: SigningHash,
}

/// Why a block is no genesis block.
#[derive(Debug, Error)]
pub enum GenesisError {
    /// It breaks a rule that holds for every block.
    #[error("the genesis block is not valid: {0}")]
    Block(#[from] BlockError),
    /// Its parameters are none.
    #[error(transparent)]
    Parameters(#[from] ParameterError),
    /// It is not the kind of block that begins a chain.
    #[error("a genesis block has no parent, and one coinbase of height 0 without receiver, amount and commitment")]
    Form,
}

impl Network {
    /// The name of the room that is used when nothing is said.
    pub const DEFAULT_ROOM: &str = "B-Coin";
    /// The first nonce that meets the bits of that room's genesis block.
    const DEFAULT_ROOM_NONCE: u32 = 3_963_241;

    /// The network whose genesis block has this encoding. `now` is the Unix time in seconds.
    ///
    /// # Errors
    /// Why it is no genesis block.
    pub fn from_genesis(bytes: &[u8], now: u32) -> Result<Self, GenesisError> {
        let block = Block::decode(bytes).map_err(BlockError::from)?;
        Self::from_block(block, now)
    }

    /// The network of a room: everything in its genesis block follows from the name. Finding its nonce takes about 2^24 hashes on
    /// all cores, except for [`Network::DEFAULT_ROOM`]; what was found can be kept, and read by [`Network::from_genesis`]. `None`
    /// when `cancelled` says so before that.
    ///
    /// # Errors
    /// When the name or the profile is none for a network.
    pub fn room(profile: Profile, name: &str, cancelled: impl Fn() -> bool) -> Result<Option<Self>, GenesisError> {
        let mut block = unsolved(&Parameters::room(profile, name)?)?;
        let is_default = name == Self::DEFAULT_ROOM && profile == Profile::Classroom;
        let nonce = match is_default {
            true => Some(Self::DEFAULT_ROOM_NONCE),
            false => {
                // The bits of a genesis block stand for a target.
                let target = block.header.bits.decode().unwrap_or(profile.limit());
                search::first_nonce(&block.header, target, cancelled)
            }
        };
        let Some(nonce) = nonce else { return Ok(None) };
        block.header.nonce = nonce;
        Self::from_block(block, ROOM_TIME).map(Some)
    }

    fn from_block(block: Block, now: u32) -> Result<Self, GenesisError> {
        let [Transaction::Coinbase(coinbase)] = block.transactions.as_slice() else { return Err(GenesisError::Form) };
        let Coinbase { height, receiver, amount, commitment, extranonce: _, note } = coinbase;
        let begins = (*height, *receiver, *amount, *commitment) == (0, XOnlyKey::ZERO, 0, [0; 32]);
        if !begins || block.header.previous != BlockHash::ZERO {
            return Err(GenesisError::Form);
        }
        let parameters = Parameters::from_note(note.as_bytes())?;
        let header = HeaderChain::check(parameters.profile(), None, &block.header, now).map_err(BlockError::from)?;
        let genesis = check::check_genesis(&header, block)?;
        let signing = SigningHash::new(genesis.tip().hash);
        Ok(Self { genesis, parameters, signing })
    }

    /// The first block.
    pub fn genesis(&self) -> &CheckedBlock {
        &self.genesis
    }

    /// Its hash, which names the network.
    pub fn genesis_hash(&self) -> BlockHash {
        self.genesis.tip().hash
    }

    /// What the genesis block says.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// What its transfers sign.
    pub fn signing(&self) -> &SigningHash {
        &self.signing
    }
}

/// The genesis block of a room without its nonce.
fn unsolved(parameters: &Parameters) -> Result<Block, GenesisError> {
    let coinbase = Coinbase {
        height: Height::GENESIS.to_u32(),
        receiver: XOnlyKey::ZERO,
        amount: 0,
        commitment: [0; 32],
        extranonce: [0; 8],
        note: Note::new(parameters.note().as_bytes()).map_err(|error| BlockError::from(DecodeError::from(error)))?,
    };
    let header = Header {
        version: Header::VERSION,
        previous: BlockHash::ZERO,
        // The root of a tree of one is its id.
        merkle_root: MerkleRoot::from_hashed(coinbase.id().to_hashed()),
        time: ROOM_TIME,
        bits: parameters.profile().genesis_bits(),
        nonce: 0,
    };
    Ok(Block { header, transactions: vec![Transaction::Coinbase(coinbase)] })
}
