//! What a node needs to know of its data when it starts: everything but the blocks.

use bcoin_ledger::Rules;
use redb::ReadableTable as _;

use super::{
    error::StoreError,
    read::{read_address, read_transaction, text_of},
    tables::{MEMPOOL, META, PEERS, meta},
    writer::Store,
};
use crate::address::PeerAddress;

/// The state a store was left in: `A` is what the next block is judged against, `M` the mempool.
pub struct Contents<A, M> {
    /// The node's address.
    pub node_address: String,
    /// The end of the chain, and what its next block is judged against.
    pub ancestors: A,
    /// The transactions that wait.
    pub mempool: M,
    /// The peers, in the order they were added, without those that this program does not ask.
    pub peers: Vec<PeerAddress>,
}

/// The state of a store under these rules.
pub type ContentsOf<R> = Contents<<R as Rules>::Ancestors, <R as Rules>::Mempool>;

impl<R: Rules> Store<R> {
    /// Reads it, trusting that the chain was checked.
    pub(super) fn contents(&self) -> Result<ContentsOf<R>, StoreError> {
        let reader = self.reader();
        let read = reader.begin_read()?;
        let address = read.open_table(META)?.get(meta::NODE_ADDRESS)?.map(|address| address.value().to_vec());
        let address = address.ok_or_else(|| StoreError::Damaged("the node's address is missing".into()))?;
        let mut mempool = Vec::new();
        for entry in read.open_table(MEMPOOL)?.iter()? {
            mempool.push(read_transaction(entry?.1.value())?);
        }
        let mut peers = Vec::new();
        for entry in read.open_table(PEERS)?.iter()? {
            peers.extend(read_address(entry?.1.value())?);
        }
        let snapshot = reader.snapshot()?;
        let ancestors = snapshot.ancestors(&self.rules, snapshot.length()?)?;
        let ancestors = ancestors.ok_or_else(StoreError::no_block)?;
        Ok(Contents { node_address: text_of(&address)?, ancestors, mempool: mempool.into_iter().collect(), peers })
    }
}

#[cfg(test)]
mod tests {
    use bcoin_ledger::{Rules as _, chapter::Chapter};

    use super::*;
    use crate::{
        clock::now,
        store::{FirstContent, Location, Opened, database::builder, verify},
    };

    #[test]
    fn stored_peers_that_are_refused_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Folder(folder.path().to_owned());
        let open = || {
            let first = FirstContent { node_address: String::new(), genesis: Chapter.genesis(now()) };
            Opened::open(Chapter, &location, first, &|_, _| {}).unwrap()
        };
        drop(open());

        let database = builder().open(folder.path().join("chain.redb")).unwrap();
        let write = database.begin_write().unwrap();
        for (number, peer) in (1..).zip(["127.0.0.1:1002", "[fd00:ec2::254]:80", "a..b:80", "teacher:80"]) {
            write.open_table(PEERS).unwrap().insert(number, peer.as_bytes()).unwrap();
        }
        write.commit().unwrap();
        drop(database);

        let opened = open();
        let peers: Vec<_> = opened.contents.peers.iter().map(ToString::to_string).collect();
        assert_eq!(peers, ["127.0.0.1:1002", "teacher:80"]);
        opened.store.add_peers(&["127.0.0.1:1003".parse().unwrap()]).unwrap();
        drop(opened);
        assert_eq!(open().contents.peers.len(), 3);
        let verdict = verify(&Chapter, folder.path(), &|_, _| {}).unwrap();
        assert!(verdict.faults.is_empty() && verdict.peers == 3, "{verdict:?}");
    }
}
