//! Changes of valid blocks, most of which break a rule.

use bcoin_ledger::{
    CheckedBlock as _,
    sound::{
        Block, Coinbase, CompactTarget, Height, MAX_BLOCK_BYTES, MAX_MONEY, MerkleRoot, Note, SighashEngine, Signature,
        Transaction, Transfer, XOnlyKey,
    },
};

use crate::{
    chain::Chain,
    random::{LATEST, Miner, mine, name_transactions, unmine},
};

impl Miner {
    /// A block after `chain` with something changed, mostly so that only that is wrong: signatures, reward, Merkle root and work
    /// fit again.
    pub fn spoiled(&mut self, chain: &Chain) -> Vec<u8> {
        let mut block = self.block(chain, 5);
        match self.below(8) {
            0 | 1 => return self.with_changed_bytes(&block),
            2 => repeat_the_end(&mut block),
            3 => self.change_header(chain, &mut block),
            4 | 5 => {
                self.change_coinbase(&mut block);
                self.close(&mut block);
            }
            _ => {
                for _ in 0..=self.below(2) {
                    self.change_transfers(chain, &mut block);
                }
                if !self.random.one_in(10) {
                    self.pay_reward(&mut block);
                }
                self.close(&mut block);
            }
        }
        block.encode()
    }

    /// The block with the same header and a bit of the body changed.
    pub fn with_changed_body(&mut self, raw: &[u8]) -> Vec<u8> {
        let mut raw = raw.to_vec();
        let at = 80 + self.below(raw.len() - 80);
        raw[at] ^= 1 << self.below(8);
        raw
    }

    /// Makes the header fit the transactions again, mostly.
    fn close(&mut self, block: &mut Block) {
        if !self.random.one_in(15) {
            name_transactions(block);
        }
        mine(&mut block.header);
    }

    fn change_header(&mut self, chain: &Chain, block: &mut Block) {
        let parent = chain.blocks.last().unwrap().header().header();
        let header = &mut block.header;
        match self.below(6) {
            0 => header.version = self.random.number() as i32,
            1 => header.previous = chain.blocks[self.below(chain.blocks.len())].tip().hash,
            2 => {
                let bits = self.one_of(&[0, 0x207f_fffe, 0x1f00_ffff, 0x2100_7fff, 0x2100_ffff, 0x20ff_ffff, u32::MAX]);
                header.bits = CompactTarget::from_consensus(bits);
            }
            3 => header.time = self.one_of(&[0, parent.time - 1, parent.time, LATEST, LATEST + 1, u32::MAX]),
            4 => return unmine(header),
            _ => {
                let mut root = header.merkle_root.to_hashed();
                root[self.below(32)] ^= 1 << self.below(8);
                header.merkle_root = MerkleRoot::from_hashed(root);
            }
        }
        if self.random.one_in(8) { unmine(header) } else { mine(header) }
    }

    fn change_coinbase(&mut self, block: &mut Block) {
        let Some(Transaction::Coinbase(coinbase)) = block.transactions.first_mut() else { return };
        match self.below(10) {
            0 => {
                let height = coinbase.height.to_u32();
                coinbase.height = Height::new(self.one_of(&[0, height + 1, height - 1, u32::MAX]));
            }
            1 => coinbase.receiver = self.no_key(),
            2 | 3 => {
                coinbase.amount = self.one_of(&[0, coinbase.amount + 1, coinbase.amount.wrapping_sub(1), u64::MAX]);
            }
            4 => coinbase.commitment[self.below(32)] = 1,
            5 => coinbase.extranonce = self.bytes(),
            6 => {
                let second = Transaction::Coinbase(Coinbase { extranonce: self.bytes(), ..coinbase.clone() });
                let place = 1 + self.below(block.transactions.len());
                block.transactions.insert(place, second);
            }
            7 => drop(block.transactions.remove(0)),
            8 => {
                let other = self.below(block.transactions.len());
                block.transactions.swap(0, other);
            }
            _ => {
                let first = block.transactions[0].clone();
                block.transactions.push(first);
            }
        }
    }

    fn change_transfers(&mut self, chain: &Chain, block: &mut Block) {
        let mut state = chain.state.clone();
        if block.transactions.len() < 2 {
            block.transactions.extend(self.transfer(&mut state).map(Transaction::Transfer));
        }
        let (first, second) = (self.below(block.transactions.len()), self.below(block.transactions.len()));
        if first == 0 || second == 0 {
            return;
        }
        match self.below(10) {
            0 => block.transactions.swap(first, second),
            1 => {
                let again = block.transactions[first].clone();
                block.transactions.insert(second, again);
            }
            2 => drop(block.transactions.remove(first)),
            3 => {
                let old: Vec<_> = chain.blocks.iter().flat_map(|block| block.transfers()).collect();
                if !old.is_empty() {
                    let old = old[self.below(old.len())].transfer().clone();
                    block.transactions.insert(first, Transaction::Transfer(old));
                }
            }
            _ => {
                if let Transaction::Transfer(transfer) = &mut block.transactions[first] {
                    self.change_transfer(chain, transfer);
                }
            }
        }
    }

    fn change_transfer(&mut self, chain: &Chain, transfer: &mut Transfer) {
        let balance = chain.state.of(transfer.sender).balance.units();
        let most = MAX_MONEY.units();
        match self.below(8) {
            0 => {
                let left = most.saturating_sub(transfer.fee);
                let amounts = [0, 1, balance, balance + 1, left, left + 1, most + 1, u64::MAX];
                transfer.amount = self.one_of(&amounts);
            }
            1 => transfer.fee = self.one_of(&[0, 1, balance, most, transfer.amount.wrapping_neg(), u64::MAX]),
            2 => {
                let nonces = [
                    0,
                    transfer.nonce.wrapping_add(1),
                    transfer.nonce.wrapping_sub(1),
                    u64::MAX,
                    1 << 32 | transfer.nonce,
                ];
                transfer.nonce = self.one_of(&nonces);
            }
            3 => transfer.sender = if self.random.one_in(2) { self.key() } else { self.no_key() },
            4 => transfer.receiver = if self.random.one_in(2) { self.key() } else { self.no_key() },
            5 => {
                let immature = chain.blocks.iter().rev().take(10).map(|block| block.coinbase());
                let mine = immature.filter(|coinbase| coinbase.receiver == transfer.sender);
                transfer.amount = mine.map(|coinbase| coinbase.amount).fold(balance.max(1), u64::saturating_add);
            }
            6 => {
                let other = SighashEngine::new(chain.tip().hash);
                return self.sign_for(transfer, &other);
            }
            _ => {
                let mut signature = transfer.signature.to_bytes();
                signature[self.below(64)] ^= 1 << self.below(8);
                transfer.signature = Signature::from_bytes(signature);
                return;
            }
        }
        if !self.random.one_in(10) {
            self.sign(transfer);
        }
    }

    /// 32 bytes, half of which are a key that nobody has.
    fn no_key(&mut self) -> XOnlyKey {
        let random = self.bytes();
        XOnlyKey::from_bytes(self.one_of(&[[0; 32], [0xff; 32], random, random]))
    }

    /// The encoding with bytes that are changed, missing or left over.
    fn with_changed_bytes(&mut self, block: &Block) -> Vec<u8> {
        let mut raw = block.encode();
        let lengths = block.transactions.iter().map(|transaction| transaction.encode().len());
        let starts: Vec<_> = lengths.scan(81, |next, length| Some(std::mem::replace(next, *next + length))).collect();
        match self.below(9) {
            0 | 1 => {
                let at = self.below(raw.len());
                raw[at] ^= 1 << self.below(8);
            }
            2 => raw.truncate(self.below(raw.len())),
            3 => {
                let more = self.bytes::<100>();
                raw.extend_from_slice(&more[..=self.below(100)]);
            }
            4 => raw[80] = self.random.number() as u8,
            5 => drop(raw.splice(80..81, [0xfd, raw[80], 0])),
            // The kind of a transaction.
            6 => raw[self.one_of(&starts)] = self.random.below(4) as u8,
            7 => {
                let at = self.below(starts.len());
                let note = if at == 0 { 85 } else { 89 };
                raw[starts[at] + note] = self.one_of(&[Note::MAX_BYTES as u8, Note::MAX_BYTES as u8 + 1, 1, u8::MAX]);
            }
            _ => {
                if self.random.one_in(4) {
                    raw.resize(MAX_BLOCK_BYTES + self.below(2), 0);
                } else {
                    raw[..80].copy_from_slice(&self.bytes::<80>());
                }
            }
        }
        raw
    }
}

/// Repeats the last transactions so that the Merkle root stays the same, where that can be done.
fn repeat_the_end(block: &mut Block) {
    let count = block.transactions.len();
    let repeated = 1 << count.trailing_zeros();
    if repeated < count {
        block.transactions.extend_from_within(count - repeated..);
    }
}
