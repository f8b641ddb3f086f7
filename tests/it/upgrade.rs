//! A data folder of format 1 opens with its whole content, and an interrupted upgrade is repeated.

use std::{fs, path::Path};

use bcoin_ledger::chapter::Chapter;
use bcoin_node::store::verify;
use bcoin_testkit::format_1;
use redb::{Database, TableDefinition};

use crate::support::BCOIN;

const FORMAT_2: &str = "B-Coin data, format 2\n";

/// A folder of format 1.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    format_1::write_folder(folder.path());
    folder
}

fn export(folder: &Path, arguments: &[&str]) -> String {
    let output = BCOIN.run(&[&["export", "--data-dir", folder.to_str().unwrap()], arguments].concat());
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

async fn assert_whole(folder: &Path) {
    let node = BCOIN.start(&["--port", "0", "--data-dir", folder.to_str().unwrap()]);
    let http = node.http();
    assert!(format_1::is_chain(&http.get("/get_chain").await.text));
    for (path, expected) in format_1::ANSWERS {
        let answer = http.get(path).await.text;
        assert!(format_1::is_contained(expected, &answer), "{path}: {answer} has not all of {expected}");
    }
    assert!(http.is_valid().await);
    assert!(node.end_by("-TERM").success());
    for (number, expected) in (1..).zip(format_1::STALE) {
        assert_eq!(export(folder, &["--given-up", &format!("{number}")]), expected);
    }
    assert_eq!(fs::read_to_string(folder.join("format")).unwrap(), FORMAT_2);
    let verdict = verify(&Chapter, folder, &|_, _| ()).unwrap();
    assert_eq!((verdict.faults, verdict.blocks, verdict.waiting, verdict.stale), (Vec::new(), 1000, 3, 2));
}

#[tokio::test]
async fn a_folder_of_format_1_opens_with_its_whole_content() {
    let folder = folder();
    assert_whole(folder.path()).await;
    let node = BCOIN.start(&["--port", "0", "--data-dir", folder.path().to_str().unwrap()]);
    let block = node.http().mine().await;
    assert_eq!((&block["index"], block["transactions"].as_array().unwrap().len()), (&1001.into(), 4));
}

/// Killed between the file `format` and the commit.
#[tokio::test]
async fn an_interrupted_upgrade_is_repeated() {
    let folder = folder();
    fs::write(folder.path().join("format"), FORMAT_2).unwrap();
    assert_whole(folder.path()).await;
}

#[test]
fn verify_and_export_upgrade_too() {
    let verified = folder();
    let verdict = verify(&Chapter, verified.path(), &|_, _| ()).unwrap();
    assert_eq!((verdict.faults, verdict.stale), (Vec::new(), 2));
    assert!(format_1::is_chain(&export(folder().path(), &[])));
}

/// Damage that redb's checksums do not show: the folder stays in format 1, for the program that wrote it.
#[test]
fn a_damaged_folder_is_not_upgraded() {
    const BLOCKS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("blocks");
    for (index, damage) in [(500, "changed"), (1000, "changed"), (500, "gone")] {
        let folder = folder();
        let database = Database::open(folder.path().join("chain.redb")).unwrap();
        let write = database.begin_write().unwrap();
        {
            let mut blocks = write.open_table(BLOCKS).unwrap();
            let text = String::from_utf8(blocks.remove(index).unwrap().unwrap().value().to_vec()).unwrap();
            if damage == "changed" {
                let changed = text.replace("\"timestamp\": \"2026", "\"timestamp\": \"2025");
                assert_ne!(changed, text);
                blocks.insert(index, changed.as_bytes()).unwrap();
            }
        }
        write.commit().unwrap();
        drop(database);
        let output = BCOIN.run(&["--port", "0", "--data-dir", folder.path().to_str().unwrap()]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("chain.redb cannot be used: the data file is damaged"), "{said}");
        assert_eq!(fs::read_to_string(folder.path().join("format")).unwrap(), "B-Coin data, format 1\n");
        assert_eq!(verify(&Chapter, folder.path(), &|_, _| ()).unwrap().faults.len(), 1);
    }
}
