//! The sound rules as an implementation of [`Rules`].

use std::{num::NonZeroU64, sync::Arc};

use chrono::{DateTime, Local, Utc};

use super::{
    account::{self, Account, MATURITY, Reward},
    amount::Amount,
    block::{Block, MAX_BLOCK_BYTES},
    block_error::BlockError,
    check::check_block,
    checked_block::CheckedBlock,
    checked_transfer::{CheckedTransfer, TransferError},
    header::Header,
    header_chain::{CheckedHeader, HeaderChain},
    key::XOnlyKey,
    mempool::{Admission, AdmitError, Mempool, Reorganisation},
    network::Network,
    search::{self, Solution},
    single_blocks::due,
    stored,
    template::{Receiver, Template},
    transfer::Transfer,
};
use crate::{
    hash::BlockHash,
    rules::{Accounts, CheckedBlock as _, Found, MempoolLimits, ReadAccounts, Rules, Size, StateError},
    search::{Power, Workers},
    tip::{Tip, Work},
};

/// The sound rules of one network.
#[derive(Clone, Debug)]
pub struct Sound {
    network: Arc<Network>,
}

/// A check of a whole chain under these rules.
pub type ChainCheck = crate::rules::ChainCheck<Sound>;

/// A block without its transactions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockSummary {
    /// Position in the chain, from 1.
    pub index: u64,
    /// Hash of the block.
    pub hash: BlockHash,
    /// Its header.
    pub header: Header,
    /// Who gets the reward; zero in the genesis block.
    pub receiver: XOnlyKey,
    /// How much that is.
    pub reward: Amount,
    /// How many transactions it holds, the coinbase among them.
    pub transactions: usize,
    /// How many bytes its encoding has.
    pub bytes: usize,
    /// The work of all blocks up to this one.
    pub work: Work,
}

impl Size for BlockSummary {
    fn size(&self) -> usize {
        size_of::<Self>()
    }
}

impl Sound {
    /// The rules of this network.
    pub fn new(network: Network) -> Self {
        Self { network: Arc::new(network) }
    }

    /// The network.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Judges a transfer by itself, whatever the accounts say. Takes about as long as checking its signature.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check_transfer(&self, transfer: Transfer) -> Result<CheckedTransfer, TransferError> {
        CheckedTransfer::check(transfer, self.network.sighash_engine())
    }

    /// Judges a header as [`Rules::check_header`] does, at the Unix time `now` in seconds.
    fn check_header_at(
        &self,
        ancestors: Option<&HeaderChain>,
        header: &Header,
        now: u32,
    ) -> Result<CheckedHeader, BlockError> {
        let checked = HeaderChain::check(self.network.parameters().profile(), ancestors, header, now)?;
        let (expected, found) = (self.network.genesis_hash(), checked.tip().hash);
        if ancestors.is_none() && found != expected {
            return Err(BlockError::OtherNetwork { expected, found });
        }
        Ok(checked)
    }
}

/// Unix time in seconds, as headers carry it: 0 before 1970, and the last one from 2106 on.
pub fn unix_time(time: DateTime<Local>) -> u32 {
    u32::try_from(time.timestamp().max(0)).unwrap_or(u32::MAX)
}

impl Rules for Sound {
    const NAME: &'static str = "sound";
    // The difficulty follows the times of the last two blocks.
    const WINDOW: u64 = 2;
    const MAX_BLOCK_BYTES: usize = MAX_BLOCK_BYTES;
    const DELAY: Option<NonZeroU64> = NonZeroU64::new(MATURITY);
    const TEMPLATE_FIXES_TRANSACTIONS: bool = true;
    const GROWS_BRANCHES: bool = true;

    type Transaction = CheckedTransfer;
    type Block = Block;
    type Header = Header;
    type CheckedHeader = CheckedHeader;
    type CheckedBlock = CheckedBlock;
    type Ancestors = HeaderChain;
    type Summary = BlockSummary;
    type Delayed = Reward;
    type Account = Account;
    type Mempool = Mempool;
    type Admission = Admission;
    type Reorganisation = Reorganisation;
    type Receiver = Receiver;
    type Job = Template;
    type Solution = Solution;
    type BlockError = BlockError;
    type AdmitError = AdmitError;

    fn genesis_hash(&self) -> Option<BlockHash> {
        Some(self.network.genesis_hash())
    }

    /// That of the network, whatever the time.
    fn genesis(&self, _: DateTime<Local>) -> CheckedBlock {
        self.network.genesis().clone()
    }

    fn decode(&self, bytes: &[u8]) -> Result<Block, BlockError> {
        Ok(Block::decode(bytes)?)
    }

    fn header(&self, block: &Block) -> Header {
        block.header
    }

    fn encoded_len(&self, block: &Block) -> usize {
        block.encoded_len()
    }

    fn check_header(
        &self,
        ancestors: Option<&HeaderChain>,
        header: &Header,
        now: DateTime<Local>,
    ) -> Result<CheckedHeader, BlockError> {
        self.check_header_at(ancestors, header, unix_time(now))
    }

    fn check_block(&self, header: CheckedHeader, block: Block) -> Result<CheckedBlock, BlockError> {
        let subsidy = self.network.parameters().subsidy(header.height());
        check_block(self.network.sighash_engine(), subsidy, &header, block)
    }

    fn extend(&self, ancestors: Option<&HeaderChain>, block: &CheckedBlock) -> HeaderChain {
        HeaderChain::extend(ancestors, block.header())
    }

    fn bits(ancestors: &HeaderChain) -> u32 {
        ancestors.target().to_compact().to_consensus()
    }

    fn restore(&self, tip: Tip, bytes: Vec<u8>) -> Result<CheckedBlock, BlockError> {
        stored::restore(tip, bytes)
    }

    /// Header and Merkle root cover all bytes, signatures included.
    fn recheck(&self, ancestors: Option<&HeaderChain>, bytes: &[u8]) -> Result<HeaderChain, BlockError> {
        let header = stored::check_bytes(bytes)?;
        // It was held against the clock when it came.
        let checked = self.check_header_at(ancestors, &header, u32::MAX)?;
        Ok(HeaderChain::extend(ancestors, &checked))
    }

    fn summary(&self, block: &CheckedBlock) -> BlockSummary {
        BlockSummary {
            index: block.tip().height,
            hash: block.tip().hash,
            header: *block.header().header(),
            receiver: block.coinbase().receiver,
            // Its fees are covered by money that is there, once it is connected.
            reward: Amount::saturating(block.coinbase().amount),
            transactions: block.transfers().len() + 1,
            bytes: block.encoding().len(),
            work: block.tip().work,
        }
    }

    fn delayed(&self, encoding: &[u8]) -> Result<Reward, BlockError> {
        Reward::of_encoding(encoding)
    }

    fn connect<A: Accounts<Account>>(
        &self,
        accounts: &mut A,
        block: &CheckedBlock,
        delayed: Option<&Reward>,
    ) -> Result<(), StateError<BlockError, A::Error>> {
        account::connect(accounts, block, delayed)
    }

    fn disconnect<A: Accounts<Account>>(
        &self,
        accounts: &mut A,
        block: &CheckedBlock,
        delayed: Option<&Reward>,
    ) -> Result<(), A::Error> {
        account::disconnect(accounts, block, delayed)
    }

    fn is_mined_for(&self, block: &CheckedBlock, receiver: &Receiver) -> bool {
        block.coinbase().receiver == receiver.key.into()
    }

    fn may_wait(&self, transfer: &CheckedTransfer) -> bool {
        self.check_transfer(transfer.transfer().clone()).is_ok()
    }

    fn admission(&self, mempool: &Mempool, limits: MempoolLimits) -> Admission {
        Admission::new(mempool, limits)
    }

    fn admit<A: ReadAccounts<Account>>(
        &self,
        accounts: &A,
        mempool: &Mempool,
        admission: &mut Admission,
        transfer: CheckedTransfer,
    ) -> Result<(), StateError<AdmitError, A::Error>> {
        let account = accounts.read(&transfer.sender().to_bytes()).map_err(StateError::Accounts)?;
        admission.push(mempool, &account, transfer).map_err(StateError::Refused)
    }

    fn enter(&self, mempool: &mut Mempool, admission: Admission) {
        admission.enter(mempool);
    }

    fn reorganisation(&self, limits: MempoolLimits) -> Reorganisation {
        Reorganisation::within(limits)
    }

    fn job(&self, ancestors: &HeaderChain, mempool: &Mempool, receiver: &Receiver, now: DateTime<Local>) -> Template {
        // Templates with the same transactions and the same time begin at different places, so that a search that goes on with the
        // next one does not try the same headers again.
        let extranonce = receiver.extranonce.wrapping_add_signed(now.timestamp_millis());
        let receiver = Receiver { extranonce, ..receiver.clone() };
        Template::new(&self.network, ancestors, mempool, &receiver, unix_time(now))
    }

    fn job_due(&self, job: &Template) -> Option<DateTime<Utc>> {
        Some(due(self, job.earliest_time()))
    }

    fn search(&self, job: &Template, power: Power, cancelled: impl Fn() -> bool) -> Option<Found<Solution>> {
        search::search(Arc::new(job.clone()), job.start(), Workers::all(power), cancelled)
    }

    /// The template was fixed before the search.
    fn seal(&self, job: Template, solution: Solution, _: &Mempool, _: DateTime<Local>) -> Block {
        job.seal(solution)
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            amount::Amount,
            header_chain::HeaderError,
            note::Note,
            profile::Profile,
            testing::{block_at, coinbase, network, secret, signed, unsigned},
            transaction::Transaction,
        },
        *,
    };
    use crate::single_blocks::Invalidity;

    fn at(time: i64) -> DateTime<Local> {
        DateTime::from_timestamp(time, 0).unwrap().into()
    }

    fn rules() -> Sound {
        Sound::new(network())
    }

    #[test]
    fn a_time_that_no_header_can_carry_is_the_nearest_one() {
        for (time, unix) in [
            (-1, 0),
            (0, 0),
            (1_795_305_600, 1_795_305_600),
            (i64::from(u32::MAX), u32::MAX),
            (i64::from(u32::MAX) + 1, u32::MAX),
            (200_000_000_000, u32::MAX),
        ] {
            assert_eq!(unix_time(at(time)), unix, "{time}");
        }
    }

    #[test]
    fn a_first_block_is_the_one_of_this_network() {
        let rules = rules();
        let genesis = rules.genesis(at(0));
        let header = *genesis.header().header();
        let time = i64::from(header.time);
        assert_eq!(rules.check_header(None, &header, at(time)).unwrap().tip(), genesis.tip());
        let early = HeaderError::Early { latest: header.time - 1, found: header.time };
        let error = rules.check_header(None, &header, at(time - 61)).unwrap_err();
        assert_eq!((error.invalidity(), error), (Invalidity::Early, early.into()));
        let other = Network::room(Profile::Instant, "another", || false).unwrap();
        let error = rules.check_header(None, other.genesis().header().header(), at(time)).unwrap_err();
        let (expected, found) = (rules.network().genesis_hash(), other.genesis_hash());
        assert_eq!(error, BlockError::OtherNetwork { expected, found });
        let sentence = format!("the first block is that of another network: {found}, not {expected}");
        assert_eq!((error.why(), error.to_string()), ("previous", sentence));
    }

    #[test]
    fn a_stored_block_is_not_held_against_the_clock_again() {
        let rules = rules();
        let genesis = rules.genesis(at(0));
        let ancestors = rules.extend(None, &genesis);
        assert_eq!(rules.recheck(None, genesis.encoding()), Ok(ancestors));
        let time = genesis.header().header().time;
        let other = Network::room(Profile::Instant, "another", || false).unwrap();
        assert_eq!(rules.recheck(None, other.genesis().encoding()).unwrap_err().why(), "previous");
        let receiver = receiver(3);
        let job = rules.job(&ancestors, &Mempool::default(), &receiver, at(i64::from(time) + 1_000_000_000));
        let found = rules.search(&job, Power::FULL, || false).unwrap();
        let block = rules.seal(job, found.solution, &Mempool::default(), at(0));
        let bytes = block.encode();
        assert_eq!(rules.check(Some(&ancestors), block, at(0)).unwrap_err().invalidity(), Invalidity::Early);
        assert_eq!(rules.recheck(Some(&ancestors), &bytes).unwrap().tip().height, 2);
    }

    fn receiver(number: u8) -> Receiver {
        Receiver { key: secret(number).public_key(), note: Note::default(), extranonce: 0 }
    }

    #[test]
    fn rewards_wait_for_ten_blocks_and_difficulty_needs_two() {
        assert_eq!(
            (Sound::DELAY.map(NonZeroU64::get), Sound::WINDOW, Sound::MAX_BLOCK_BYTES),
            (Some(10), 2, 1_000_000)
        );
    }

    #[test]
    fn a_summary_tells_what_a_block_is() {
        let rules = rules();
        let transfer = Transaction::Transfer(signed(rules.network(), unsigned()));
        let reward = 5_000_000_000_003;
        let (header, block) = block_at(5, vec![Transaction::Coinbase(coinbase(5, reward)), transfer]);
        let bytes = block.encode();
        assert_eq!((rules.decode(&bytes).as_ref(), rules.header(&block)), (Ok(&block), *header.header()));
        assert_eq!(rules.encoded_len(&block), bytes.len());
        let checked = rules.check_block(header, block).unwrap();
        let summary = rules.summary(&checked);
        let expected = BlockSummary {
            index: 6,
            hash: header.tip().hash,
            header: *header.header(),
            receiver: secret(3).public_key().into(),
            reward: Amount::saturating(reward),
            transactions: 2,
            bytes: bytes.len(),
            work: header.tip().work,
        };
        assert_eq!(summary, expected);
        assert_eq!(summary.size(), size_of::<BlockSummary>());
        assert_eq!(
            rules.delayed(&bytes),
            Ok(Reward { receiver: summary.receiver, amount: Amount::from_units(reward).unwrap() })
        );
        assert!(rules.is_mined_for(&checked, &receiver(3)));
        assert!(!rules.is_mined_for(&checked, &receiver(1)));
        assert!(rules.may_wait(&checked.transfers()[0]));
        assert_eq!(rules.restore(header.tip(), bytes).unwrap().tip(), header.tip());
    }

    #[test]
    fn a_transfer_is_judged_for_this_network() {
        let rules = rules();
        let transfer = signed(rules.network(), unsigned());
        assert_eq!(rules.check_transfer(transfer.clone()).unwrap().transfer(), &transfer);
        let other = Network::room(Profile::Instant, "another", || false).unwrap();
        assert_eq!(Sound::new(other).check_transfer(transfer), Err(TransferError::Signature));
    }
}
