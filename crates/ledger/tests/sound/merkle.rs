//! Merkle trees of real blocks.

use bcoin_ledger::sound::{Merkle, MerkleProof, MerkleRoot, Txid};

use crate::support::{list, text, vectors};

#[test]
fn real_blocks_have_the_roots_of_their_headers() {
    let vectors = vectors("merkle");
    let cases = list(&vectors["cases"]);
    assert_eq!(cases.len(), 4);
    for case in cases {
        let ids: Vec<Txid> = list(&case["ids"]).iter().map(|id| text(id).parse().unwrap()).collect();
        let root: MerkleRoot = text(&case["root"]).parse().unwrap();
        assert_eq!(Merkle::of(ids.iter().copied()), Some(Merkle { root, mutated: false }));
        for (id, position) in ids.iter().zip(0..) {
            assert!(MerkleProof::new(ids.iter().copied(), position).unwrap().verify(*id, root), "{id}");
        }
    }
}
