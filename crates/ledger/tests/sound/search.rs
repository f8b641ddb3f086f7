//! Nonces that were found by others.

use std::fs;

use bcoin_ledger::{
    Kernel,
    sound::{HEADER_BYTES, Header, search},
};
use serde_json::Value;

const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/sound/");

/// The target of a compact form whose exponent is at least 3, as all have here.
fn target(header: &Header) -> [u8; 32] {
    let bits = header.bits.to_consensus();
    let lowest = bits as usize >> 24;
    let mut target = [0; 32];
    target[lowest - 3..lowest].copy_from_slice(&bits.to_le_bytes()[..3]);
    target
}

#[test]
fn the_nonces_of_bitcoins_headers_are_the_only_ones_near_them() {
    let mut kernels = vec![Kernel::Portable, Kernel::fastest()];
    kernels.dedup();
    let headers = fs::read(format!("{VECTORS}bitcoin-headers-0-2100.bin")).unwrap();
    for bytes in headers.chunks_exact(HEADER_BYTES) {
        let header = Header::decode(bytes.try_into().unwrap());
        let nonce = u64::from(header.nonce);
        for kernel in &kernels {
            for start in [nonce.saturating_sub(20), nonce.saturating_sub(21)] {
                let found = search::first_in(*kernel, &header, target(&header), start..nonce + 20);
                assert_eq!(found, Some(header.nonce), "{kernel:?} {}", header.hash());
            }
        }
    }
}

#[test]
fn the_room_b_coin_has_the_smallest_nonce_that_its_bits_permit() {
    let json = fs::read(format!("{VECTORS}ledger.json")).unwrap();
    let ledger: Value = serde_json::from_slice(&json).unwrap();
    let block = hex::decode(ledger["network"]["genesis_block"].as_str().unwrap()).unwrap();
    let header = Header::decode(block[..HEADER_BYTES].try_into().unwrap());
    assert_eq!(search::first_nonce(&header, target(&header), || false), Some(header.nonce));
}
