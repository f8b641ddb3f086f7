//! `bcoin completions SHELL`.

use std::{
    io::Write as _,
    process::{Command, Output, Stdio},
};

use crate::support::BCOIN;

/// A script for this shell.
fn script(shell: &str) -> String {
    let Output { status, stdout, stderr } = BCOIN.run(&["completions", shell]);
    assert_eq!((status.code(), stderr.as_slice()), (Some(0), &b""[..]), "{shell}");
    String::from_utf8(stdout).unwrap()
}

#[test]
fn each_shell_gets_a_script_with_the_commands_and_the_flags() {
    // A word that only the script of this shell has.
    for (shell, word) in [
        ("bash", "complete -F _bcoin"),
        ("zsh", "#compdef bcoin"),
        ("fish", "complete -c bcoin"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion:arg-completer"),
    ] {
        let script = script(shell);
        for word in [word, "network", "replace", "max-pending", "power", "given-up", "completions"] {
            assert!(script.contains(word), "{shell} lacks {word}");
        }
    }
}

#[test]
fn another_shell_is_refused_with_the_ones_there_are() {
    let output = BCOIN.run(&["completions", "tcsh"]);
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(text.contains(shell), "{text}");
    }
}

/// Checks the script where there is a bash, and completes a word with it.
#[test]
#[cfg(unix)]
fn bash_reads_its_script() {
    if Command::new("bash").arg("--version").stdout(Stdio::null()).status().is_err() {
        return;
    }
    let script = script("bash");
    let bash = |arguments: &[&str], input: &str| {
        let mut bash =
            Command::new("bash").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        bash.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = bash.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    bash(&["-n"], &script);
    let asked = r#"COMP_WORDS=(bcoin net) COMP_CWORD=1; _bcoin bcoin net bcoin; printf '%s\n' "${COMPREPLY[@]}""#;
    assert_eq!(bash(&["-s"], &format!("{script}\n{asked}\n")), "network\n");
}
