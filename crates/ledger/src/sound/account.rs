//! Accounts, and what a block does to them (docs/sound-rules.md section 3).

use super::{
    amount::Amount,
    block::{DecodeError, coinbase_of},
    block_error::BlockError,
    check_transfers::FIRST_TRANSFER,
    checked_block::CheckedBlock,
    checked_transfer::CheckedTransfer,
    coinbase::Coinbase,
    key::XOnlyKey,
};
use crate::rules::{self, Accounts, StateError};

/// How many blocks after its own a reward is credited: that of height m is first spendable in block m + 11.
pub const MATURITY: u64 = 10;
/// The position of the coinbase in its block.
const COINBASE_POSITION: u32 = 1;

/// What the chain says of one key. An account that is 0 and 0 equals one that is absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// What it can spend.
    pub balance: Amount,
    /// How many transfers it has sent.
    pub nonce: u64,
}

/// Balance in units and nonce, 8 bytes little-endian each.
impl rules::Account for Account {
    fn encode(&self) -> Vec<u8> {
        [self.balance.units().to_le_bytes(), self.nonce.to_le_bytes()].concat()
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (balance, nonce) = bytes.split_first_chunk()?;
        let balance = Amount::from_units(u64::from_le_bytes(*balance))?;
        Some(Self { balance, nonce: u64::from_le_bytes(nonce.try_into().ok()?) })
    }
}

/// Why an account cannot make a transfer.
enum Refused {
    Nonce { expected: u64 },
    Funds { balance: Amount },
}

impl Refused {
    /// As the rule that the block breaks which holds the transfer.
    fn in_block(self, position: u32, checked: &CheckedTransfer) -> BlockError {
        match self {
            Self::Nonce { expected } => BlockError::Nonce { position, expected, found: checked.nonce() },
            Self::Funds { balance } => BlockError::Funds { position, balance, cost: checked.cost() },
        }
    }
}

impl Account {
    /// Pays amount and fee of the transfer with this nonce.
    fn pay(&mut self, nonce: u64, cost: Amount) -> Result<(), Refused> {
        if nonce != self.nonce {
            return Err(Refused::Nonce { expected: self.nonce });
        }
        let balance = self.balance.checked_sub(cost).ok_or(Refused::Funds { balance: self.balance })?;
        // 2^64 transfers cannot be made.
        *self = Self { balance, nonce: self.nonce.wrapping_add(1) };
        Ok(())
    }

    fn credit(&mut self, amount: Amount) {
        self.balance = self.balance.saturating_add(amount);
    }

    fn debit(&mut self, amount: Amount) {
        self.balance = self.balance.saturating_sub(amount);
    }

    fn take_back(&mut self, cost: Amount) {
        self.credit(cost);
        self.nonce = self.nonce.wrapping_sub(1);
    }
}

/// What a block pays its miner, which is credited [`MATURITY`] blocks later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reward {
    /// Who is paid.
    pub receiver: XOnlyKey,
    /// How much.
    pub amount: Amount,
}

impl Reward {
    /// Reads it from the encoding of a block that this node has judged and written down.
    ///
    /// # Errors
    /// When the bytes are not the beginning of one.
    pub(super) fn of_encoding(bytes: &[u8]) -> Result<Self, BlockError> {
        let Coinbase { receiver, amount, .. } = coinbase_of(bytes).map_err(DecodeError::from)?;
        // Subsidy and fees, which were covered by money that is there.
        Ok(Self { receiver, amount: Amount::saturating(amount) })
    }
}

/// Applies the transfers of a block in their order, then credits the reward that has become spendable by it.
pub(super) fn connect<A: Accounts<Account>>(
    accounts: &mut A,
    block: &CheckedBlock,
    matured: Option<&Reward>,
) -> Result<(), StateError<BlockError, A::Error>> {
    for (position, checked) in (FIRST_TRANSFER..).zip(block.transfers()) {
        let (transfer, cost) = (checked.transfer(), checked.cost());
        let pay = |sender: &mut Account| sender.pay(transfer.nonce, cost);
        let paid = update(accounts, transfer.sender, Some(position), pay).map_err(StateError::Accounts)?;
        paid.map_err(|refused| StateError::Refused(refused.in_block(position, checked)))?;
        let credit = |receiver: &mut Account| receiver.credit(checked.amount());
        update(accounts, transfer.receiver, Some(position), credit).map_err(StateError::Accounts)?;
    }
    list_coinbase(accounts, block).map_err(StateError::Accounts)?;
    change_matured(accounts, matured, Account::credit).map_err(StateError::Accounts)
}

/// The exact reverse of [`connect`].
pub(super) fn disconnect<A: Accounts<Account>>(
    accounts: &mut A,
    block: &CheckedBlock,
    matured: Option<&Reward>,
) -> Result<(), A::Error> {
    change_matured(accounts, matured, Account::debit)?;
    list_coinbase(accounts, block)?;
    let last = FIRST_TRANSFER + block.transfers().len() as u32;
    for (position, checked) in (FIRST_TRANSFER..last).zip(block.transfers()).rev() {
        let (transfer, cost) = (checked.transfer(), checked.cost());
        update(accounts, transfer.receiver, Some(position), |receiver| receiver.debit(checked.amount()))?;
        update(accounts, transfer.sender, Some(position), |sender| sender.take_back(cost))?;
    }
    Ok(())
}

fn update<A: Accounts<Account>, T>(
    accounts: &mut A,
    key: XOnlyKey,
    position: Option<u32>,
    change: impl FnOnce(&mut Account) -> T,
) -> Result<T, A::Error> {
    accounts.update(&key.to_bytes(), position, change)
}

/// The genesis block pays nobody.
fn change_matured<A: Accounts<Account>>(
    accounts: &mut A,
    matured: Option<&Reward>,
    change: fn(&mut Account, Amount),
) -> Result<(), A::Error> {
    match matured {
        Some(Reward { receiver, amount }) if *receiver != XOnlyKey::ZERO => {
            update(accounts, *receiver, None, |account| change(account, *amount))
        }
        _ => Ok(()),
    }
}

/// A reward belongs to its block in the list of the receiver's transactions. The balance changes later.
fn list_coinbase<A: Accounts<Account>>(accounts: &mut A, block: &CheckedBlock) -> Result<(), A::Error> {
    match block.coinbase().receiver {
        XOnlyKey::ZERO => Ok(()),
        receiver => update(accounts, receiver, Some(COINBASE_POSITION), |_| ()),
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, convert::Infallible};

    use super::{
        super::{
            amount::MAX_MONEY,
            check::check_block,
            testing::{block_at, coinbase, key, network, signed, unsigned},
            transaction::Transaction,
            transfer::Transfer,
        },
        *,
    };
    use crate::rules::{Account as _, CheckedBlock as _};

    /// Accounts, and which ones were changed by which transactions.
    #[derive(Clone, Debug, Default, PartialEq)]
    struct State {
        accounts: BTreeMap<Vec<u8>, Account>,
        changes: Vec<(Vec<u8>, Option<u32>)>,
    }

    impl Accounts<Account> for State {
        type Error = Infallible;

        fn update<T>(
            &mut self,
            name: &[u8],
            position: Option<u32>,
            change: impl FnOnce(&mut Account) -> T,
        ) -> Result<T, Infallible> {
            self.changes.push((name.to_owned(), position));
            Ok(change(self.accounts.entry(name.to_owned()).or_default()))
        }
    }

    fn units(units: u64) -> Amount {
        Amount::from_units(units).unwrap()
    }

    impl State {
        /// Key 1 has this account.
        fn of_sender(balance: u64, nonce: u64) -> Self {
            let balance = units(balance);
            let accounts = BTreeMap::from([(key(1).to_bytes().to_vec(), Account { balance, nonce })]);
            Self { accounts, changes: Vec::new() }
        }

        fn of(&self, number: u8) -> (u64, u64) {
            let account = self.accounts.get(key(number).to_bytes().as_slice()).copied().unwrap_or_default();
            (account.balance.units(), account.nonce)
        }
    }

    /// A block of these transfers of key 1 to key 2, all signed.
    fn block(transfers: impl IntoIterator<Item = Transfer>) -> CheckedBlock {
        let network = network();
        let transfers: Vec<_> = transfers.into_iter().map(|transfer| signed(&network, transfer)).collect();
        let fees: u64 = transfers.iter().map(|transfer| transfer.fee).sum();
        let subsidy = network.parameters().subsidy(crate::sound::Height::new(5)).units();
        let coinbase = Transaction::Coinbase(coinbase(5, subsidy + fees));
        let transactions = std::iter::once(coinbase).chain(transfers.into_iter().map(Transaction::Transfer)).collect();
        let (header, block) = block_at(5, transactions);
        check_block(network.sighash_engine(), network.parameters().subsidy(header.height()), &header, block).unwrap()
    }

    fn refusal(state: &State, block: &CheckedBlock) -> BlockError {
        match connect(&mut state.clone(), block, None) {
            Err(StateError::Refused(error)) => error,
            other => panic!("the block is not refused: {other:?}"),
        }
    }

    #[test]
    fn an_account_is_kept_in_16_bytes() {
        for (balance, nonce) in [(0, 0), (1, 2), (MAX_MONEY.units(), u64::MAX), (MAX_MONEY.units(), 1 << 32)] {
            let account = Account { balance: units(balance), nonce };
            let bytes = account.encode();
            assert_eq!((bytes.len(), Account::decode(&bytes)), (16, Some(account)));
        }
        assert_eq!(Account { balance: units(1), nonce: 2 }.encode(), [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]);
        for length in [0, 7, 8, 15, 17, 24] {
            assert_eq!(Account::decode(&vec![0; length]), None, "{length} bytes");
        }
    }

    #[test]
    fn no_account_holds_more_than_all_the_money_there_can_be() {
        let bytes = |balance: u64| [balance.to_le_bytes(), [0; 8]].concat();
        assert_eq!(Account::decode(&bytes(MAX_MONEY.units())), Some(Account { balance: MAX_MONEY, nonce: 0 }));
        for balance in [MAX_MONEY.units() + 1, u64::MAX] {
            assert_eq!(Account::decode(&bytes(balance)), None, "{balance}");
        }
    }

    #[test]
    fn a_sender_pays_amount_and_fee_and_counts_up() {
        let mut state = State::of_sender(20, 4);
        let block = block([4, 5].map(|nonce| Transfer { nonce, ..unsigned() }));
        connect(&mut state, &block, None).unwrap();
        assert_eq!((state.of(1), state.of(2), state.of(3)), ((4, 6), (10, 0), (0, 0)));
        disconnect(&mut state, &block, None).unwrap();
        assert_eq!((state.of(1), state.of(2)), ((20, 4), (0, 0)));
    }

    #[test]
    fn a_balance_covers_amount_and_fee_before_anything_is_credited() {
        let to_oneself = block([Transfer { receiver: key(1), ..unsigned() }]);
        let error = BlockError::Funds { position: 2, balance: units(7), cost: units(8) };
        assert_eq!(refusal(&State::of_sender(7, 0), &to_oneself), error);
        let mut state = State::of_sender(8, 0);
        connect(&mut state, &to_oneself, None).unwrap();
        assert_eq!(state.of(1), (5, 1));
        disconnect(&mut state, &to_oneself, None).unwrap();
        assert_eq!(state.of(1), (8, 0));
        let all_money = block([Transfer { amount: MAX_MONEY.units(), fee: 0, ..unsigned() }]);
        let (balance, cost) = (units(8), MAX_MONEY);
        assert_eq!(refusal(&State::of_sender(8, 0), &all_money), BlockError::Funds { position: 2, balance, cost });
    }

    #[test]
    fn nonces_come_in_their_order() {
        for found in [0, 1, 3, u64::MAX] {
            let error = BlockError::Nonce { position: 2, expected: 2, found };
            assert_eq!(refusal(&State::of_sender(8, 2), &block([Transfer { nonce: found, ..unsigned() }])), error);
        }
        let again = block([2, 2].map(|nonce| Transfer { nonce, ..unsigned() }));
        let error = BlockError::Nonce { position: 3, expected: 3, found: 2 };
        assert_eq!(refusal(&State::of_sender(80, 2), &again), error);
    }

    #[test]
    fn a_reward_that_matures_is_credited_after_the_transfers() {
        let matured = Reward { receiver: key(1), amount: units(8) };
        let spends_it = block([unsigned()]);
        let mut state = State::default();
        let error = connect(&mut state, &spends_it, Some(&matured)).unwrap_err();
        assert_eq!(
            error,
            StateError::Refused(BlockError::Funds { position: 2, balance: Amount::ZERO, cost: units(8) })
        );
        let mut state = State::of_sender(8, 0);
        connect(&mut state, &spends_it, Some(&matured)).unwrap();
        assert_eq!(state.of(1), (8, 1));
        disconnect(&mut state, &spends_it, Some(&matured)).unwrap();
        assert_eq!(state.of(1), (8, 0));
    }

    #[test]
    fn every_account_is_told_which_transaction_names_it() {
        let block = block([0, 1].map(|nonce| Transfer { nonce, ..unsigned() }));
        let matured = Reward { receiver: key(4), amount: units(8) };
        let mut state = State::of_sender(16, 0);
        connect(&mut state, &block, Some(&matured)).unwrap();
        let changes = [(1, Some(2)), (2, Some(2)), (1, Some(3)), (2, Some(3)), (3, Some(1)), (4, None)];
        let changes = changes.map(|(number, position)| (key(number).to_bytes().to_vec(), position));
        assert_eq!(state.changes, changes);
        state.changes.clear();
        disconnect(&mut state, &block, Some(&matured)).unwrap();
        let reverse: Vec<_> = changes.into_iter().rev().collect();
        assert_eq!(state.changes, reverse);
        let mut genesis = State::default();
        connect(&mut genesis, network().genesis(), None).unwrap();
        disconnect(&mut genesis, network().genesis(), None).unwrap();
        assert_eq!(genesis, State::default());
    }

    #[test]
    fn a_reward_is_read_from_the_beginning_of_a_block() {
        let block = block([unsigned()]);
        let expected = Reward { receiver: key(3), amount: units(block.coinbase().amount) };
        assert_eq!(Reward::of_encoding(block.encoding()), Ok(expected));
        assert_eq!(Reward::of_encoding(&[]).unwrap_err().why(), "encoding");
        let transfer = vec![Transaction::Transfer(unsigned())];
        let (_, without) = block_at(5, transfer);
        assert_eq!(Reward::of_encoding(&without.encode()).unwrap_err().why(), "kind");
    }
}
