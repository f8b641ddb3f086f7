//! Imports go down only (ARCHITECTURE.md).

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The modules from the bottom up: a file may use what stands before its own module, and its own module.
const LAYERS: [&str; 8] = ["ledger", "wire", "store", "node", "network", "api", "app", "cli"];

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// The modules named after `crate::`, also where one `use` names several of them in braces.
fn used_modules(source: &str) -> Vec<String> {
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut modules = Vec::new();
    for (at, found) in source.match_indices("crate::") {
        let rest = &source[at + found.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            modules.push(name(rest));
            continue;
        };
        let (mut depth, mut start) = (0, true);
        for (at, character) in group.char_indices() {
            match character {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => start = true,
                c if start && !c.is_whitespace() => {
                    modules.push(name(&group[at..]));
                    start = false;
                }
                _ => {}
            }
        }
    }
    modules
}

#[test]
fn imports_go_down_only() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let layer = |module: &str| LAYERS.iter().position(|name| *name == module);
    let mut seen = 0;
    for file in rust_files(&source) {
        let inside = file.strip_prefix(&source).unwrap();
        let module = inside.components().next().unwrap().as_os_str().to_string_lossy();
        let Some(own) = layer(module.trim_end_matches(".rs")) else {
            assert!(["lib.rs", "main.rs"].contains(&module.as_ref()), "{module} has no layer");
            continue;
        };
        for used in used_modules(&fs::read_to_string(&file).unwrap()) {
            let used_layer = layer(&used).unwrap_or_else(|| panic!("{}: crate::{used} has no layer", inside.display()));
            assert!(used_layer <= own, "{} uses crate::{used}, which stands above it", inside.display());
            seen += 1;
        }
    }
    assert!(seen > 20, "only {seen} imports were found: this test no longer reads them");
}

#[test]
fn grouped_imports_are_read() {
    let source = "use crate::{\n    ledger::{Block, Tip},\n    wire::messages,\n};\nuse crate::store::Store;";
    assert_eq!(used_modules(source), ["ledger", "wire", "store"]);
}

#[test]
fn files_stay_small() {
    for file in rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        assert!(lines <= 400, "{} has {lines} lines", file.display());
    }
}
