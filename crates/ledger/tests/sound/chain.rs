//! A chain in memory: every block with its accounts, changed by the rules alone.

use std::{
    collections::{BTreeMap, HashMap},
    convert::Infallible,
};

use bcoin_ledger::{
    Accounts, CheckedBlock as _, ReadAccounts, Rules as _, StateError, Tip,
    sound::{Account, Amount, BlockError, CheckedBlock, HeaderChain, MATURITY, Sound, XOnlyKey},
};
use chrono::{DateTime, Local};

/// Accounts that are 0 and 0 are left out, so that equal states are equal values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State(pub BTreeMap<Vec<u8>, Account>);

impl Accounts<Account> for State {
    type Error = Infallible;

    fn update<T>(
        &mut self,
        name: &[u8],
        _: Option<u32>,
        change: impl FnOnce(&mut Account) -> T,
    ) -> Result<T, Infallible> {
        let mut account = self.0.remove(name).unwrap_or_default();
        let result = change(&mut account);
        if account != Account::default() {
            self.0.insert(name.to_owned(), account);
        }
        Ok(result)
    }
}

impl ReadAccounts<Account> for State {
    type Error = Infallible;

    fn read(&self, name: &[u8]) -> Result<Account, Infallible> {
        Ok(self.0.get(name).copied().unwrap_or_default())
    }
}

impl State {
    /// The account of a key.
    pub fn of(&self, key: XOnlyKey) -> Account {
        let Ok(account) = self.read(&key.to_bytes());
        account
    }
}

/// A time at which no block of the golden data is early: Unix time in seconds.
pub const LATE: u32 = 4_000_000_000;

/// The same time as a clock shows it.
pub fn late() -> DateTime<Local> {
    DateTime::from_timestamp(LATE.into(), 0).unwrap().into()
}

/// An amount of so many units.
pub fn units(units: u64) -> Amount {
    Amount::from_units(units).unwrap()
}

/// A chain from its genesis block on.
#[derive(Clone)]
pub struct Chain {
    pub rules: Sound,
    pub blocks: Vec<CheckedBlock>,
    /// What the successor of each block is judged against.
    pub ancestors: Vec<HeaderChain>,
    pub state: State,
}

impl Chain {
    pub fn new(rules: Sound) -> Self {
        let genesis = rules.genesis(late());
        let ancestors = rules.extend(None, &genesis);
        let mut state = State::default();
        rules.connect(&mut state, &genesis, None).unwrap();
        Self { rules, blocks: vec![genesis], ancestors: vec![ancestors], state }
    }

    pub fn tip(&self) -> Tip {
        self.blocks.last().unwrap().tip()
    }

    /// Judges a block wholly, and puts it behind the last one when it is valid.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), BlockError> {
        let block = self.rules.decode(bytes)?;
        let checked = self.rules.check(self.ancestors.last(), block, late())?;
        self.connect(checked)
    }

    pub fn connect(&mut self, block: CheckedBlock) -> Result<(), BlockError> {
        let (mut state, matured) = (self.state.clone(), self.matured(self.blocks.len()));
        match self.rules.connect(&mut state, &block, matured.as_ref()) {
            Ok(()) => {}
            Err(StateError::Refused(error)) => return Err(error),
            Err(StateError::Accounts(never)) => match never {},
        }
        self.state = state;
        self.ancestors.push(self.rules.extend(self.ancestors.last(), &block));
        self.blocks.push(block);
        Ok(())
    }

    /// Takes the last block off.
    pub fn pop(&mut self) -> CheckedBlock {
        let block = self.blocks.pop().unwrap();
        self.ancestors.pop();
        let matured = self.matured(self.blocks.len());
        let Ok(()) = self.rules.disconnect(&mut self.state, &block, matured.as_ref());
        block
    }

    /// The reward that the block at this height makes spendable.
    fn matured(&self, height: usize) -> Option<bcoin_ledger::sound::Reward> {
        let earlier = height.checked_sub(MATURITY as usize).filter(|earlier| *earlier > 0)?;
        Some(self.rules.delayed(self.blocks[earlier].encoding()).unwrap())
    }

    /// What is not spendable yet, in units.
    pub fn immature(&self) -> u64 {
        self.blocks.iter().rev().take(10).map(|block| block.coinbase().amount).sum()
    }

    /// All balances together, in units.
    pub fn balances(&self) -> u64 {
        self.state.0.values().map(|account| account.balance.units()).sum()
    }

    /// Balance and nonce of each account by its address.
    pub fn by_address(&self) -> HashMap<String, (u64, u64)> {
        let address = |key: &Vec<u8>| {
            let key = bcoin_ledger::sound::PublicKey::from_bytes(key.as_slice().try_into().unwrap()).unwrap();
            bcoin_ledger::sound::Address::from(key).to_string()
        };
        self.state.0.iter().map(|(key, account)| (address(key), (account.balance.units(), account.nonce))).collect()
    }
}
