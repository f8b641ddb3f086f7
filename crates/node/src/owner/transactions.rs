//! Transactions that arrive, and enter the mempool in groups.

use bcoin_ledger::{Admission as _, Rules, StateError};

use super::{Arrived, Owner, told};
use crate::{
    clock::now,
    command::{AddReply, AddTransactionError, SaveError},
    events::Event,
    store::StoreError,
};

impl<R: Rules> Owner<R> {
    pub(super) fn add_transactions(&mut self, arrived: &mut Vec<Arrived<R>>) {
        if arrived.is_empty() {
            return;
        }
        // The accounts that transactions are judged by have to be those of this node's state.
        let accounts =
            if self.synchronise() { Ok(self.store.reader().accounts()) } else { Err(StoreError::Closed.into()) };
        let mut admission = self.blockchain.admission();
        let mut replies = Vec::new();
        let mut failure = accounts.as_ref().err().cloned();
        for (transaction, reply) in arrived.drain(..) {
            let (Ok(accounts), None) = (&accounts, &failure) else {
                replies.push(reply);
                continue;
            };
            match self.blockchain.admit(accounts, &mut admission, transaction) {
                Ok(()) => replies.push(reply),
                Err(StateError::Refused(reason)) => {
                    self.counters.transactions_refused.add(1);
                    let _ = reply.send(Err(AddTransactionError::Refused(reason)));
                }
                Err(StateError::Accounts(error)) => {
                    failure = self.recover_from::<(), _>(Err(error)).err().map(SaveError::from);
                    replies.push(reply);
                }
            }
        }
        if let Some(error) = failure {
            return self.answer(replies, Err(error.into()));
        }
        if replies.is_empty() {
            return;
        }
        let time = now().to_utc();
        let (added, removed, left) = (admission.added(), admission.removed(), admission.left());
        let result = self.save(|store, _| store.add_to_mempool(added, removed, left, time));
        let result = result.map_err(|error| SaveError::from(error).into()).map(|()| {
            let block = self.blockchain.tip().height + 1;
            let (added, left) = (admission.added().to_vec(), told(admission.left(), time));
            self.counters.transactions.add(added.len() as u64);
            self.blockchain.enter(admission);
            self.mempool_changes += 1;
            // What left for them is gone, and the last of them makes it as many as wait now.
            let before = self.blockchain.waiting().saturating_sub(added.len());
            let numbered = (before + 1..).zip(added);
            let waiting = numbered.map(|(waiting, transaction)| Event::Waiting { transaction, block, waiting, time });
            self.publish(left.into_iter().chain(waiting));
            block
        });
        self.answer(replies, result);
    }

    /// Answers all transactions of a commit. Waking up each of those who wait would keep this thread, which all the others wait
    /// for, so one task does that.
    fn answer(&self, replies: Vec<AddReply<R::AdmitError>>, result: Result<u64, AddTransactionError<R::AdmitError>>) {
        let alone = replies.len() == 1;
        let answer = move || {
            for reply in replies {
                let _ = reply.send(result.clone());
            }
        };
        match &self.runtime {
            Some(runtime) if !alone => drop(runtime.spawn(async { answer() })),
            _ => answer(),
        }
    }
}
