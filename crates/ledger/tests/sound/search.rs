//! Nonces that were found by others.

use std::fs;

use bcoin_ledger::{
    Kernel,
    sound::{HEADER_BYTES, Header, search},
};

use crate::support::{bytes, path, vectors};

#[test]
fn the_nonces_of_bitcoins_headers_are_the_only_ones_near_them() {
    let mut kernels = vec![Kernel::Portable, Kernel::fastest()];
    kernels.dedup();
    let headers = fs::read(path("bitcoin-headers-0-2100.bin")).unwrap();
    for bytes in headers.chunks_exact(HEADER_BYTES) {
        let header = Header::decode(bytes.try_into().unwrap());
        let nonce = u64::from(header.nonce);
        for kernel in &kernels {
            for start in [nonce.saturating_sub(20), nonce.saturating_sub(21)] {
                let found = search::first_in(*kernel, &header, header.bits.decode().unwrap(), start..nonce + 20);
                assert_eq!(found, Some(header.nonce), "{kernel:?} {}", header.hash());
            }
        }
    }
}

#[test]
fn the_room_b_coin_has_the_smallest_nonce_that_its_bits_permit() {
    let block = bytes(&vectors("ledger")["network"]["genesis_block"]);
    let header = Header::decode(block[..HEADER_BYTES].try_into().unwrap());
    assert_eq!(search::first_nonce(&header, header.bits.decode().unwrap(), || false), Some(header.nonce));
}
