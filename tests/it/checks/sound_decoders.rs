//! The decoders of the sound rules.

use std::sync::LazyLock;

use bcoin_ledger::{
    CheckedBlock as _, Transaction as _,
    sound::{
        Block, CheckedTransfer, EncodingError, HEADER_BYTES, Header, Height, Merkle, MerkleProof, Network, Parameters,
        Profile, PublicKey, Transaction, Transfer, Txid,
    },
};

use super::{
    plain_encoding::{double_sha256, is_transaction, merkle, number, tagged, transactions},
    plain_target::{Plain, target},
};

/// The clock that genesis blocks are held against: the time of all rooms.
const NOW: u32 = 1_795_305_600;
/// All the money there can be, in units.
const MAX_MONEY: u128 = 2_100_000_000_000_000;
/// A block of n bytes may take so many times n in memory: a transaction is larger there than as bytes, and a list grows by
/// doubling.
const MEMORY: usize = 8;

/// The first byte chooses a decoder. Bytes are taken exactly when they are right by their offsets; what is taken encodes to the
/// same bytes, and is named by their hash.
pub fn sound_decoders(data: &[u8]) -> bool {
    let Some((decoder, bytes)) = data.split_first() else { return false };
    match decoder % 8 {
        0 => block(bytes),
        1 => transaction(bytes),
        2 => transfer(bytes),
        3 => header(bytes),
        4 => proof(bytes),
        5 => tree(bytes),
        6 => genesis(bytes),
        _ => parameters(bytes),
    }
}

fn block(bytes: &[u8]) -> bool {
    let found = Block::decode(bytes);
    let plain = transactions(bytes);
    assert_eq!(found.as_ref().map(|_| ()).map_err(|error| error.why()), plain.as_ref().map(|_| ()).map_err(|why| *why));
    let (Ok(block), Ok(plain)) = (found, plain) else { return false };
    assert_eq!(block.encode(), bytes);
    assert_eq!(block.encoded_len(), bytes.len());
    let memory = block.transactions.capacity() * size_of::<Transaction>();
    assert!(memory <= MEMORY * bytes.len(), "{memory} bytes of memory for {} bytes", bytes.len());
    assert!(header(&bytes[..HEADER_BYTES]) && block.header.encode() == bytes[..HEADER_BYTES]);
    assert_eq!(block.transactions.len(), plain.len());
    for (decoded, plain) in block.transactions.iter().zip(&plain) {
        assert_eq!(decoded.encode(), *plain);
        assert!(transaction(plain));
    }
    let ids: Vec<_> = plain.iter().map(|plain| double_sha256(plain)).collect();
    assert_eq!(block.ids().into_iter().map(Txid::to_hashed).collect::<Vec<_>>(), ids);
    check_tree(&ids);
    true
}

fn transaction(bytes: &[u8]) -> bool {
    let found = Transaction::decode(bytes);
    assert_eq!(found.as_ref().map(|_| ()).map_err(EncodingError::why), is_transaction(bytes));
    let Ok(found) = found else { return false };
    assert_eq!(found.encode(), bytes);
    assert_eq!(found.id().to_hashed(), double_sha256(bytes));
    match &found {
        Transaction::Coinbase(coinbase) => {
            assert_eq!(u64::from(coinbase.height.to_u32()), number(&bytes[1..5]));
            assert_eq!(coinbase.receiver.to_bytes(), bytes[5..37]);
            assert_eq!(coinbase.amount, number(&bytes[37..45]));
            assert_eq!((&coinbase.commitment[..], &coinbase.extranonce[..]), (&bytes[45..77], &bytes[77..85]));
            assert_eq!(coinbase.note.as_bytes(), &bytes[86..]);
            assert_eq!((coinbase.encode(), coinbase.encoded_len()), (bytes.to_vec(), bytes.len()));
            assert_eq!(coinbase.id(), found.id());
        }
        Transaction::Transfer(_) => drop(transfer(bytes)),
        Transaction::Checked(_) => panic!("nobody has judged it"),
    }
    true
}

fn transfer(bytes: &[u8]) -> bool {
    let found = Transfer::decode(bytes);
    let plain = match bytes.first() {
        Some(0) => Err("kind"),
        _ => is_transaction(bytes),
    };
    assert_eq!(found.as_ref().map(|_| ()).map_err(EncodingError::why), plain);
    let Ok(found) = found else { return false };
    let (signed, signature) = bytes.split_at(bytes.len() - 64);
    assert_eq!(found.sender.to_bytes(), signed[1..33]);
    assert_eq!(found.receiver.to_bytes(), signed[33..65]);
    let numbers = [&signed[65..73], &signed[73..81], &signed[81..89]].map(number);
    assert_eq!([found.amount, found.fee, found.nonce], numbers);
    assert_eq!(found.note.as_bytes(), &signed[90..]);
    assert_eq!(found.signature.to_bytes(), signature);
    assert_eq!((found.encode(), found.encoded_len()), (bytes.to_vec(), bytes.len()));
    assert_eq!(found.id().to_hashed(), double_sha256(bytes));

    let network = network();
    let hash = tagged("BCoin/transfer", &[&network.genesis_hash().to_hashed(), signed].concat());
    assert_eq!(found.sighash(network.sighash_engine()), hash);
    let [amount, fee, _] = numbers.map(u128::from);
    let keys = [found.sender, found.receiver].map(|key| PublicKey::try_from(key).ok());
    let expected = match keys {
        [None, _] | [_, None] => Err("key"),
        _ if amount == 0 || amount + fee > MAX_MONEY => Err("amount"),
        [Some(sender), _] if sender.verify(&hash, &found.signature) => Ok(()),
        _ => Err("signature"),
    };
    let checked = CheckedTransfer::check(found.clone(), network.sighash_engine());
    assert_eq!(checked.as_ref().map(|_| ()).map_err(|error| error.why()), expected);
    if let Ok(checked) = &checked {
        assert_eq!((checked.transfer(), checked.id(), checked.encoded_len()), (&found, found.id(), bytes.len()));
        assert_eq!(u128::from(checked.cost().units()), amount + fee);
        assert_eq!((checked.encode(), CheckedTransfer::decode(bytes).as_ref()), (bytes.to_vec(), Ok(checked)));
    }
    true
}

/// The network of the golden data.
fn network() -> &'static Network {
    static NETWORK: LazyLock<Network> = LazyLock::new(|| {
        let room = Network::room(Profile::Classroom, Network::DEFAULT_ROOM, || true);
        room.expect("the nonce of this one is known")
    });
    &NETWORK
}

fn header(bytes: &[u8]) -> bool {
    let Ok(bytes) = <&[u8; HEADER_BYTES]>::try_from(bytes) else { return false };
    let header = Header::decode(bytes);
    assert_eq!(header.encode(), *bytes);
    assert_eq!(header.hash().to_hashed(), double_sha256(bytes));
    assert_eq!(u64::from(header.version as u32), number(&bytes[..4]));
    assert_eq!(header.previous.to_hashed(), bytes[4..36]);
    assert_eq!(header.merkle_root.to_hashed(), bytes[36..68]);
    let numbers = [header.time, header.bits.to_consensus(), header.nonce].map(u64::from);
    assert_eq!(numbers, [&bytes[68..72], &bytes[72..76], &bytes[76..]].map(number));
    true
}

/// A position, an id, and the hashes of a branch.
fn proof(bytes: &[u8]) -> bool {
    let Some((position, hashes)) = bytes.split_first_chunk() else { return false };
    let (hashes, rest) = hashes.as_chunks::<32>();
    let (Some((id, branch)), []) = (hashes.split_first(), rest) else { return false };
    let position = u32::from_le_bytes(*position);
    let found = MerkleProof::from_parts(branch.to_vec(), position);
    let is_right = branch.len() <= 14 && u64::from(position) < 1 << branch.len();
    assert_eq!(found.is_ok(), is_right, "position {position} of a branch of {}", branch.len());
    let Ok(proof) = found else { return false };
    assert_eq!((proof.branch(), proof.position()), (branch, position));
    let root = branch.iter().enumerate().fold(*id, |hash, (level, sibling)| {
        let pair = if position >> level & 1 == 0 { [hash, *sibling] } else { [*sibling, hash] };
        double_sha256(&pair.concat())
    });
    assert_eq!(proof.root_of(Txid::from_hashed(*id)).to_hashed(), root);
    true
}

/// A tree: each byte is an id, so that equal ones are likely.
fn tree(bytes: &[u8]) -> bool {
    check_tree(&bytes.iter().map(|byte| [*byte; 32]).collect::<Vec<_>>())
}

/// Root and mutation are those of the plain tree, and each position has a proof.
fn check_tree(hashes: &[[u8; 32]]) -> bool {
    let ids = || hashes.iter().copied().map(Txid::from_hashed);
    let Some(Merkle { root, mutated }) = Merkle::of(ids()) else {
        assert!(hashes.is_empty());
        return false;
    };
    assert_eq!((root.to_hashed(), mutated), merkle(hashes));
    for (position, id) in ids().enumerate().take(40) {
        let proof = MerkleProof::new(ids(), position as u32).expect("a block may have so many transactions");
        assert!(proof.verify(id, root), "position {position}");
        let again = MerkleProof::from_parts(proof.branch().to_vec(), proof.position());
        assert_eq!(again.as_ref(), Ok(&proof));
    }
    let first = MerkleProof::of_first(ids().skip(1));
    assert_eq!(Some(first), MerkleProof::new(ids(), 0));
    assert_eq!(MerkleProof::new(ids(), hashes.len() as u32), None);
    true
}

/// A flag, and a genesis block. With the lowest bit the header is made to fit the body, and with the next one the work is done
/// where two hashes are enough.
fn genesis(bytes: &[u8]) -> bool {
    let Some((flags, block)) = bytes.split_first() else { return false };
    let mut block = block.to_vec();
    let body = transactions(&block).ok().and_then(|body| Some((double_sha256(body.first()?), body.len())));
    if let (true, Some((id, _))) = (flags & 1 != 0, body) {
        block[36..68].copy_from_slice(&id);
    }
    if flags & 2 != 0 && block.len() >= HEADER_BYTES {
        let has_work = |nonce: &u8| {
            block[76] = *nonce;
            double_sha256(&block[..HEADER_BYTES])[31] < 0x7f
        };
        (0..64).find(has_work);
    }
    let found = Network::from_genesis(&block, NOW);
    assert_eq!(found.is_ok(), is_genesis(&block), "{:?}", found.err());
    let Ok(network) = found else { return false };
    assert_eq!(network.genesis().encoding(), block);
    assert_eq!(network.genesis_hash().to_hashed(), double_sha256(&block[..HEADER_BYTES]));
    assert!(parameters(network.parameters().note().as_bytes()));
    true
}

fn is_genesis(block: &[u8]) -> bool {
    let Ok(transactions) = transactions(block) else { return false };
    let [coinbase] = transactions[..] else { return false };
    let Some([profile, ..]) = plain_parameters(&coinbase[86.min(coinbase.len())..]) else { return false };
    let expected = if profile == "instant" { 0x207f_ffff } else { 0x1e00_ffff };
    let header = &block[..HEADER_BYTES];
    let mut hash = double_sha256(header);
    hash.reverse();
    // Kind, height, receiver, amount and commitment.
    coinbase[..77].iter().all(|byte| *byte == 0)
        && header[4..36].iter().all(|byte| *byte == 0)
        && header[36..68] == double_sha256(coinbase)
        && number(&header[68..72]) <= u64::from(NOW) + 60
        && number(&header[72..76]) == u64::from(expected)
        && target(expected).is_some_and(|target| Plain::from_be_bytes(&hash) <= target)
}

fn parameters(note: &[u8]) -> bool {
    let found = Parameters::from_note(note).ok();
    let plain = plain_parameters(note);
    assert_eq!(found.is_some(), plain.is_some(), "{note:?}");
    let (Some(found), Some([profile, subsidy, halving, name])) = (found, plain) else { return false };
    assert_eq!((found.note().as_bytes(), found.to_string().as_bytes()), (note, note));
    assert_eq!((found.profile().name(), found.name()), (profile, name));
    let (subsidy, halving): (u64, u64) = (subsidy.parse().unwrap(), halving.parse().unwrap());
    assert_eq!(u64::from(found.halving()), halving);
    for height in
        [0, 1, halving, halving + 1, 2 * halving, 63 * halving + 1, 64 * halving, 64 * halving + 1, u64::from(u32::MAX)]
    {
        let Ok(short) = u32::try_from(height) else { continue };
        let halvings = height.saturating_sub(1) / halving;
        let units = if height == 0 || halvings > 63 { 0 } else { (subsidy * 100_000_000) >> halvings };
        assert_eq!(found.subsidy(Height::new(short)).units(), units, "height {height}");
    }
    true
}

/// The four parts of a genesis block's note, by docs/sound-rules.md section 2.
fn plain_parameters(note: &[u8]) -> Option<[&str; 4]> {
    // The parts before the name are ASCII, so the whole has to be UTF-8 as well.
    let note = str::from_utf8(note).ok()?;
    let [profile, subsidy, halving, name] = note.splitn(4, '/').collect::<Vec<_>>().try_into().ok()?;
    let number = |text: &str| {
        let is_plain =
            text.bytes().all(|byte| byte.is_ascii_digit()) && (1..=8).contains(&text.len()) && !text.starts_with('0');
        is_plain.then(|| text.parse::<u64>().ok()).flatten()
    };
    let is_right = ["classroom", "instant"].contains(&profile)
        && number(subsidy)? * number(halving)? <= 10_500_000
        && (1..=40).contains(&name.len())
        && !name.chars().any(|character| matches!(character, '\0'..' ' | '\x7f'..='\u{9f}'));
    is_right.then_some([profile, subsidy, halving, name])
}
