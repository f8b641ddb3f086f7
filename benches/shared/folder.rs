//! Data folders of the sound rules that are filled without a node.

use std::path::Path;

use bcoin::app::sound_content;
use bcoin_ledger::{
    Blockchain,
    sound::{CheckedBlock, Sound, mempool::MEMPOOL_LIMITS},
};
use bcoin_node::{
    MAX_STALE_BYTES, now,
    store::{Location, Opened, Store},
};

/// An open data folder, and the end of its chain.
pub struct Folder {
    pub store: Store<Sound>,
    pub blockchain: Blockchain<Sound>,
}

impl Folder {
    /// Opens a folder, and makes it where there is none.
    pub fn open(rules: &Sound, path: &Path) -> Self {
        let location = Location::Folder(path.into());
        let opened = Opened::open(rules.clone(), &location, sound_content(rules), &|_, _| ()).expect("a data folder");
        let contents = opened.contents;
        let blockchain = Blockchain::new(rules.clone(), contents.ancestors, contents.mempool, MEMPOOL_LIMITS);
        Self { store: opened.store, blockchain }
    }

    /// Puts blocks behind the last one, in one commit.
    pub fn extend(&mut self, blocks: impl IntoIterator<Item = CheckedBlock>) {
        let (height, blocks) = (self.blockchain.tip().height, blocks.into_iter().map(Ok));
        let replaced = self.store.replace(&self.blockchain, height, blocks, None, MAX_STALE_BYTES, now());
        let (reorganised, _) = replaced.expect("blocks that follow");
        self.blockchain.advance(reorganised.ancestors, reorganised.after.mempool);
    }
}
