//! Keys, signatures, addresses and words.

use bcoin_ledger::sound::{Address, Language, Mnemonic, PublicKey, SecretKey, Signature};

use crate::support::{array, bytes, list, text, vectors};

#[test]
fn signatures_are_those_of_bip_340() {
    let vectors = vectors("bip340");
    let cases = list(&vectors["cases"]);
    assert_eq!(cases.len(), 19);
    for case in cases {
        let message = bytes(&case["message"]);
        let signature = Signature::from_bytes(array(&case["signature"]));
        let holds = PublicKey::from_bytes(array(&case["public_key"])).is_ok_and(|key| key.verify(&message, &signature));
        assert_eq!(holds, case["verification_result"] == "TRUE", "{case}");
        if case["secret_key"] != "" {
            let secret = SecretKey::from_bytes(array(&case["secret_key"])).unwrap();
            assert_eq!(secret.public_key().to_bytes(), array(&case["public_key"]), "{case}");
            assert_eq!(secret.sign(&message, &array(&case["aux_rand"])), signature, "{case}");
        }
    }
}

/// The golden data has wallets of 12, 18 and 24 words, and only the first are ours.
#[test]
fn words_are_those_of_bip_39() {
    let vectors = vectors("bip39");
    for (name, language) in [("english", Language::English), ("chinese_simplified", Language::SimplifiedChinese)] {
        let cases = list(&vectors[name]);
        assert_eq!(cases.len(), 24);
        let mut ours = 0;
        for case in cases {
            let words = text(&case["words"]);
            let read = words.parse::<Mnemonic>();
            let Ok(entropy) = bytes(&case["entropy"]).try_into() else {
                assert!(read.is_err(), "{case}");
                continue;
            };
            ours += 1;
            let read = read.unwrap();
            assert_eq!((read.entropy(), read.language()), (&entropy, language), "{case}");
            assert_eq!(Mnemonic::from_entropy(entropy, language).words().join(" "), words);
        }
        assert_eq!(ours, 8);
    }
}

#[test]
fn secret_keys_have_the_known_public_keys_and_addresses() {
    let ledger = vectors("ledger");
    let cases = list(&ledger["keys"]);
    assert_eq!(cases.len(), 4);
    for case in cases {
        let key = SecretKey::from_bytes(array(&case["secret"])).unwrap().public_key();
        assert_eq!(key.to_bytes(), array(&case["key"]), "{case}");
        let address = text(&case["address"]);
        assert_eq!(Address::from(key).to_string(), address);
        assert_eq!(address.parse::<Address>().unwrap().key(), key);
    }
}

#[test]
fn wallets_have_the_known_keys_and_addresses() {
    let ledger = vectors("ledger");
    let wallets = list(&ledger["wallets"]);
    assert_eq!(wallets.len(), 3);
    for wallet in wallets {
        let mnemonic: Mnemonic = text(&wallet["words"]).parse().unwrap();
        assert_eq!(mnemonic.entropy(), &array(&wallet["entropy"]), "{wallet}");
        let language = if wallet["language"] == "english" { Language::English } else { Language::SimplifiedChinese };
        assert_eq!(mnemonic.language(), language);
        let secrets = list(&wallet["secrets"]);
        let addresses = list(&wallet["addresses"]);
        assert_eq!((secrets.len(), addresses.len()), (3, 3));
        for ((key, secret), address) in mnemonic.keys().zip(secrets).zip(addresses) {
            assert_eq!(key.public_key(), SecretKey::from_bytes(array(secret)).unwrap().public_key(), "{wallet}");
            assert_eq!(Address::from(key.public_key()).to_string(), text(address));
        }
    }
}
