//! Chains of real headers, and chains of headers with one changed byte.

use std::ops::Range;

use bcoin_ledger::{
    BlockHash, Work,
    sound::{CompactTarget, HEADER_BYTES, Header, HeaderChain, HeaderError, Height, Profile},
};
use bitcoin::{consensus::deserialize, hashes::Hash as _};
use serde_json::Value;

use crate::support::{list, path, vectors};

/// A clock at which all of these headers are old.
const NOW: u32 = 1_800_000_000;

fn headers(name: &str) -> Vec<[u8; HEADER_BYTES]> {
    let bytes = std::fs::read(path(name)).unwrap();
    let (headers, rest) = bytes.as_chunks();
    assert!(rest.is_empty());
    headers.to_vec()
}

fn real() -> Vec<[u8; HEADER_BYTES]> {
    headers("bitcoin-headers-0-2100.bin")
}

fn after(chain: Option<&HeaderChain>, bytes: &[u8; HEADER_BYTES]) -> Result<HeaderChain, HeaderError> {
    let checked = HeaderChain::check(Profile::Bitcoin, chain, &Header::decode(bytes), NOW)?;
    Ok(HeaderChain::extend(chain, &checked))
}

/// The chains after each of these headers, all of which have to be right.
fn chains(headers: &[[u8; HEADER_BYTES]]) -> Vec<HeaderChain> {
    let mut chains: Vec<HeaderChain> = vec![];
    for (height, bytes) in headers.iter().enumerate() {
        let chain = after(chains.last(), bytes).unwrap_or_else(|error| panic!("height {height}: {error}"));
        chains.push(chain);
    }
    chains
}

#[test]
fn the_first_headers_of_bitcoin_are_a_chain() {
    let headers = real();
    let chains = chains(&headers);
    assert_eq!(chains.len(), 2101);
    let mut work = bitcoin::Work::from_be_bytes([0; 32]);
    for (height, (bytes, chain)) in headers.iter().zip(&chains).enumerate() {
        let theirs: bitcoin::block::Header = deserialize(bytes).unwrap();
        work = work + theirs.work();
        let tip = chain.tip();
        assert_eq!(tip.hash.to_hashed(), theirs.block_hash().to_byte_array(), "{height}");
        assert_eq!(tip.work.to_be_bytes(), work.to_be_bytes(), "{height}");
        assert_eq!(tip.height, Height::new(height as u32).index());
        assert_eq!(chain.next_height(), Some(Height::new(height as u32 + 1)));
        assert_eq!(Header::decode(bytes).encode(), *bytes);
    }
    let tip = chains.last().unwrap().tip();
    // The change of bits at 2016 left them at the limit.
    assert_eq!(tip.work, Work::from(2101 * 0x1_0001_0001));
    let genesis = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f";
    assert_eq!(chains[0].tip().hash.to_string(), genesis);
}

#[test]
fn bits_change_after_2016_headers() {
    let headers = headers("bitcoin-alternative-headers-0-2016.bin");
    assert_eq!(headers.len(), 2017);
    let bits = |height: usize| Header::decode(&headers[height]).bits;
    let chains = chains(&headers);
    assert_eq!(chains[2014].next_bits(Profile::Bitcoin), bits(2015));
    assert_eq!(chains[2015].next_bits(Profile::Bitcoin), bits(2016));
    assert_eq!((bits(2015).to_string(), bits(2016).to_string()), ("1d00ffff".into(), "1c3fffc0".into()));
    assert_eq!(chains[2016].next_bits(Profile::Bitcoin), bits(2016));
    // The bits of the period before are refused.
    let mut unchanged = headers[2016];
    unchanged[72..76].copy_from_slice(&bits(2015).to_consensus().to_le_bytes());
    let refusal = HeaderError::Bits { expected: bits(2016), found: bits(2015) };
    assert_eq!(after(Some(&chains[2015]), &unchanged), Err(refusal));
}

#[test]
fn one_changed_byte_makes_a_chain_refused() {
    const FIELDS: [(&str, Range<usize>, &str); 6] = [
        ("version", 0..4, "work"),
        ("previous", 4..36, "previous"),
        ("root", 36..68, "work"),
        ("time", 68..72, "work"),
        ("bits", 72..76, "bits"),
        ("nonce", 76..80, "work"),
    ];
    let headers = real();
    let chains = chains(&headers[..51]);
    for height in 1..=50 {
        for (field, bytes, why) in FIELDS {
            for at in bytes {
                let mut changed = headers[height];
                changed[at] ^= 1 << (height % 8);
                let error = after(Some(&chains[height - 1]), &changed).unwrap_err();
                assert_eq!(error.why(), why, "height {height}, {field}, byte {at}: {error}");
            }
        }
    }
}

#[test]
fn a_time_has_to_be_above_the_median_and_not_far_ahead() {
    let headers = real();
    let chains = chains(&headers[..100]);
    for height in 1_usize..100 {
        let mut times: Vec<u32> =
            headers[height.saturating_sub(11)..height].iter().map(|bytes| Header::decode(bytes).time).collect();
        times.sort_unstable();
        let median = times[times.len() / 2];
        assert_eq!(chains[height - 1].earliest_time(Profile::Bitcoin), median + 1, "{height}");
    }
    let header = Header::decode(&headers[99]);
    let at = |now| HeaderChain::check(Profile::Bitcoin, Some(&chains[98]), &header, now).map(|_| ());
    assert_eq!(at(header.time - 7200), Ok(()));
    assert_eq!(at(header.time - 7201), Err(HeaderError::Early { latest: header.time - 1, found: header.time }));
}

#[test]
fn a_chain_begins_with_a_genesis_block() {
    let headers = real();
    let error = after(None, &headers[1]).unwrap_err();
    let found = Header::decode(&headers[0]).hash();
    assert_eq!(error, HeaderError::Previous { expected: BlockHash::ZERO, found });
    let other = Header { bits: CompactTarget::from_consensus(0x207f_ffff), ..Header::decode(&headers[0]) };
    assert_eq!(after(None, &other.encode()).unwrap_err().why(), "bits");
}

/// The header of a block of the ledger.
fn header_of(raw: &Value) -> Header {
    let bytes = hex::decode(raw.as_str().unwrap()).unwrap();
    Header::decode(bytes.first_chunk().unwrap())
}

#[test]
fn the_genesis_blocks_of_rooms_pass() {
    let ledger = vectors("ledger");
    let mut rooms: Vec<&Value> = list(&ledger["rooms"]).iter().collect();
    rooms.push(&ledger["network"]);
    assert_eq!(rooms.len(), 4);
    for room in rooms {
        let profile = room["profile"].as_str().unwrap_or("classroom").parse().unwrap();
        let header = header_of(&room["genesis_block"]);
        let checked = HeaderChain::check(profile, None, &header, NOW).unwrap();
        assert_eq!(
            (checked.height(), checked.tip().hash.to_string().as_str()),
            (Height::GENESIS, room["genesis_hash"].as_str().unwrap())
        );
    }
}

#[test]
fn the_headers_of_the_ledger_pass_or_break_the_rule_that_it_names() {
    let ledger = vectors("ledger");
    let chain = &ledger["chain"];
    let raw = std::iter::once(&chain["genesis_block"])
        .chain(chain["blocks"].as_array().unwrap().iter().map(|block| &block["raw"]));
    let mut chains: Vec<HeaderChain> = vec![];
    for raw in raw {
        let before = chains.last();
        let checked = HeaderChain::check(Profile::Instant, before, &header_of(raw), NOW).unwrap();
        chains.push(HeaderChain::extend(before, &checked));
    }
    assert_eq!(chains.len(), 41);
    assert_eq!(chains[40].tip().work.to_string(), chain["work"].as_str().unwrap());
    let mut refused = 0;
    for block in ledger["refused_blocks"].as_array().unwrap() {
        let why = block["why"].as_str().unwrap();
        if ["previous", "bits", "work", "time"].contains(&why) {
            let after = &chains[block["after"].as_u64().unwrap() as usize];
            let error = HeaderChain::check(Profile::Instant, Some(after), &header_of(&block["raw"]), NOW).unwrap_err();
            assert_eq!(error.why(), why, "{}", block["what"]);
            refused += 1;
        }
    }
    assert_eq!(refused, 16);
}
