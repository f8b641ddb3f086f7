//! Which network it is: the genesis block, and what it says.

use thiserror::Error;

use super::{
    block::{Block, DecodeError},
    block_error::BlockError,
    check::check_genesis,
    checked_block::CheckedBlock,
    coinbase::Coinbase,
    hash::MerkleRoot,
    header::Header,
    header_chain::HeaderChain,
    height::Height,
    key::XOnlyKey,
    note::Note,
    parameters::{ParameterError, Parameters},
    profile::Profile,
    search,
    transaction::Transaction,
    transfer::SighashEngine,
};
use crate::{hash::BlockHash, rules::CheckedBlock as _};

/// The time in the genesis block of every room: 22 November 2026, in Unix seconds.
const ROOM_TIME: u32 = 1_795_305_600;

/// A network: nodes with another genesis block never exchange anything with it.
#[derive(Clone, Debug)]
pub struct Network {
    genesis: CheckedBlock,
    parameters: Parameters,
    signing: SighashEngine,
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
    /// The search for the nonce of a room was cancelled.
    #[error("the search for the genesis block of the room was stopped before it found one")]
    Cancelled,
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
    /// all cores, except for [`Network::DEFAULT_ROOM`]; what was found can be kept, and read by [`Network::from_genesis`].
    ///
    /// # Errors
    /// When the name or the profile is none for a network, or `cancelled` says so before the nonce is found.
    pub fn room(profile: Profile, name: &str, cancelled: impl Fn() -> bool) -> Result<Self, GenesisError> {
        let mut block = unsolved(&Parameters::room(profile, name)?)?;
        let is_default = name == Self::DEFAULT_ROOM && profile == Profile::Classroom;
        block.header.nonce = if is_default {
            Self::DEFAULT_ROOM_NONCE
        } else {
            // The bits of a genesis block stand for a target.
            let target = block.header.bits.decode().unwrap_or(profile.limit());
            search::first_nonce(&block.header, target, cancelled).ok_or(GenesisError::Cancelled)?
        };
        Self::from_block(block, ROOM_TIME)
    }

    /// As [`Network::room`], where the nonce is known from an earlier search.
    ///
    /// # Errors
    /// When name or profile are none for a network, or the nonce does not meet the bits.
    pub fn room_with_nonce(profile: Profile, name: &str, nonce: u32) -> Result<Self, GenesisError> {
        let mut block = unsolved(&Parameters::room(profile, name)?)?;
        block.header.nonce = nonce;
        Self::from_block(block, ROOM_TIME)
    }

    fn from_block(block: Block, now: u32) -> Result<Self, GenesisError> {
        let [Transaction::Coinbase(coinbase)] = block.transactions.as_slice() else { return Err(GenesisError::Form) };
        let Coinbase { height, receiver, amount, commitment, extranonce: _, note } = coinbase;
        let begins = (*height, *receiver, *amount, *commitment) == (Height::GENESIS, XOnlyKey::ZERO, 0, [0; 32]);
        if !begins || block.header.previous != BlockHash::ZERO {
            return Err(GenesisError::Form);
        }
        let parameters = Parameters::from_note(note.as_bytes())?;
        let header = HeaderChain::check(parameters.profile(), None, &block.header, now).map_err(BlockError::from)?;
        let genesis = check_genesis(&header, block)?;
        let signing = SighashEngine::new(genesis.tip().hash);
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
    pub fn sighash_engine(&self) -> &SighashEngine {
        &self.signing
    }
}

/// The genesis block of a room without its nonce.
fn unsolved(parameters: &Parameters) -> Result<Block, GenesisError> {
    let coinbase = Coinbase {
        height: Height::GENESIS,
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

#[cfg(test)]
mod tests {
    use super::{super::header_chain::HeaderError, *};

    const NOTE: &str = "instant/50000/210/tests";

    /// A genesis block with this coinbase and work.
    fn genesis(coinbase: Coinbase) -> Block {
        let room = unsolved(&Parameters::from_note(NOTE.as_bytes()).unwrap()).unwrap();
        with_work(Header { merkle_root: MerkleRoot::from_hashed(coinbase.id().to_hashed()), ..room.header }, coinbase)
    }

    fn with_work(header: Header, coinbase: Coinbase) -> Block {
        let nonce = search::first_nonce(&header, header.bits.decode().unwrap(), || false).unwrap();
        Block { header: Header { nonce, ..header }, transactions: vec![Transaction::Coinbase(coinbase)] }
    }

    fn coinbase() -> Coinbase {
        let note = Note::new(NOTE.as_bytes()).unwrap();
        let (receiver, commitment, extranonce) = (XOnlyKey::ZERO, [0; 32], [0; 8]);
        Coinbase { height: Height::GENESIS, receiver, amount: 0, commitment, extranonce, note }
    }

    fn refusal(block: &Block) -> GenesisError {
        Network::from_genesis(&block.encode(), ROOM_TIME).unwrap_err()
    }

    #[test]
    fn a_room_is_the_network_of_its_genesis_block() {
        let room = Network::room(Profile::Instant, "tests", || false).unwrap();
        assert_eq!(room.genesis().encoding(), genesis(coinbase()).encode());
        assert_eq!(room.genesis_hash(), room.genesis().header().header().hash());
        let read = Network::from_genesis(room.genesis().encoding(), ROOM_TIME).unwrap();
        assert_eq!((read.genesis_hash(), read.parameters()), (room.genesis_hash(), room.parameters()));
        assert!(Network::room(Profile::Bitcoin, "tests", || false).is_err());
        assert!(Network::room(Profile::Instant, "a\nb", || false).is_err());
    }

    #[test]
    fn a_genesis_block_has_one_coinbase_that_pays_nobody() {
        let mut commitment = [0; 32];
        commitment[0] = 1;
        for wrong in [
            Coinbase { height: Height::new(1), ..coinbase() },
            Coinbase { receiver: XOnlyKey::from_bytes([1; 32]), ..coinbase() },
            Coinbase { amount: 1, ..coinbase() },
            Coinbase { commitment, ..coinbase() },
        ] {
            assert!(matches!(refusal(&genesis(wrong)), GenesisError::Form));
        }
        let any_extranonce = Coinbase { extranonce: [0xff; 8], ..coinbase() };
        assert!(Network::from_genesis(&genesis(any_extranonce).encode(), ROOM_TIME).is_ok());
        let mut two = genesis(coinbase());
        two.transactions.push(Transaction::Coinbase(coinbase()));
        assert!(matches!(refusal(&two), GenesisError::Form));
        let header = Header { previous: BlockHash::from_hashed([1; 32]), ..genesis(coinbase()).header };
        assert!(matches!(refusal(&with_work(header, coinbase())), GenesisError::Form));
    }

    #[test]
    fn a_genesis_block_keeps_the_rules_of_all_blocks() {
        let right = genesis(coinbase());
        let early = Network::from_genesis(&right.encode(), ROOM_TIME - 61).unwrap_err();
        let (latest, found) = (ROOM_TIME - 1, ROOM_TIME);
        let GenesisError::Block(error) = early else { panic!("{early}") };
        assert_eq!(error, HeaderError::Early { latest, found }.into());
        assert!(Network::from_genesis(&right.encode(), ROOM_TIME - 60).is_ok());
        let other_body = Coinbase { extranonce: [1; 8], ..coinbase() };
        let other_body = Block { transactions: vec![Transaction::Coinbase(other_body)], ..right.clone() };
        assert!(matches!(refusal(&other_body), GenesisError::Block(BlockError::Merkle)));
        let mut idle = right.clone();
        while target_met(&idle.header) {
            idle.header.nonce += 1;
        }
        assert_eq!(refusal(&idle).to_string().split(':').next(), Some("the genesis block is not valid"));
        assert!(matches!(refusal(&idle), GenesisError::Block(BlockError::Header(HeaderError::Work { .. }))));
        let cut = &right.encode()[..100];
        assert!(matches!(Network::from_genesis(cut, ROOM_TIME), Err(GenesisError::Block(BlockError::Decode(_)))));
    }

    fn target_met(header: &Header) -> bool {
        header.bits.decode().unwrap().is_met_by(header.hash())
    }

    #[test]
    fn each_error_says_what_is_wrong() {
        for (error, sentence) in [
            (
                GenesisError::Form,
                "a genesis block has no parent, and one coinbase of height 0 without receiver, amount and commitment",
            ),
            (GenesisError::Cancelled, "the search for the genesis block of the room was stopped before it found one"),
            (ParameterError::Profile.into(), "the profile of a network is classroom or instant"),
            (
                BlockError::Merkle.into(),
                "the genesis block is not valid: the transactions do not have the Merkle root that is in the header",
            ),
        ] {
            assert_eq!(error.to_string(), sentence);
        }
    }
}
