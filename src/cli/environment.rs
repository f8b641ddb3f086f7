//! Reading the command line and the environment. A variable belongs to the commands that have its flag (docs/contract.md
//! section 1, "Environment").

use std::ffi::OsString;

use clap::{Command, CommandFactory as _, FromArgMatches as _, builder::Resettable};

use super::flags::Arguments;

/// The arguments of this process, and the variables of the command that they name.
///
/// # Errors
/// When they cannot be used, and for `--help` and `--version`: the error prints what is asked for.
pub(super) fn arguments(line: impl IntoIterator<Item = OsString>) -> Result<Arguments, clap::Error> {
    let line: Vec<OsString> = line.into_iter().collect();
    let command = for_line(Arguments::command(), &line);
    Arguments::from_arg_matches(&command.try_get_matches_from(line)?)
}

/// The program as this line needs it. A subcommand comes first, and then no flag of a node can be used: their variables must
/// not be read either, because clap would refuse a value that is none.
fn for_line(program: Command, line: &[OsString]) -> Command {
    let is_subcommand = line.get(1).is_some_and(|first| program.find_subcommand(first).is_some());
    if is_subcommand { program.mut_args(|flag| flag.env(Resettable::Reset)) } else { program }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// Flags whose variable has another name, because another command has a flag of that name with another meaning.
    const NAMED_OTHERWISE: [(&str, &str, &str); 4] = [
        ("network", "data-dir", "BCOIN_NETWORK_DATA_DIR"),
        ("mine", "count", "BCOIN_MINE_COUNT"),
        ("send", "from", "BCOIN_SEND_FROM"),
        ("send", "replace", "BCOIN_REPLACE_PAYMENT"),
    ];

    /// Flags that differ in their words and not in their meaning: the port of a node, and the folder of a node.
    const SAME_MEANING: [&str; 2] = ["BCOIN_PORT", "BCOIN_DATA_DIR"];

    /// Every flag that can be given as a variable: the name of its command, and the flag.
    fn flags(program: &Command) -> Vec<(&str, &clap::Arg)> {
        let named = |flag: &&clap::Arg| !["help", "version"].contains(&flag.get_id().as_str()) && !flag.is_positional();
        std::iter::once(program)
            .chain(program.get_subcommands())
            .flat_map(|command| command.get_arguments().filter(named).map(|flag| (command.get_name(), flag)))
            .collect()
    }

    fn variable(flag: &clap::Arg) -> Option<&str> {
        flag.get_env().and_then(|name| name.to_str())
    }

    #[test]
    fn every_flag_has_an_environment_variable_of_its_name() {
        let program = Arguments::command();
        for (command, flag) in flags(&program) {
            let long = flag.get_long().expect("every flag has a long form");
            let other = NAMED_OTHERWISE.iter().find(|(at, name, _)| (*at, *name) == (command, long));
            let expected = match other {
                Some((_, _, variable)) => (*variable).to_owned(),
                None => format!("BCOIN_{}", long.to_uppercase().replace('-', "_")),
            };
            assert_eq!(variable(flag), Some(expected.as_str()), "{command} --{long}");
        }
    }

    #[test]
    fn no_variable_has_two_meanings() {
        let program = Arguments::command();
        let mut meanings: HashMap<&str, String> = HashMap::new();
        for (command, flag) in flags(&program) {
            let variable = variable(flag).expect("every flag has a variable");
            let help = flag.get_help().expect("every flag has a help text").to_string();
            let first = meanings.entry(variable).or_insert_with(|| help.clone());
            assert!(*first == help || SAME_MEANING.contains(&variable), "{variable}: {first:?}, in {command} {help:?}");
        }
    }

    #[test]
    fn a_subcommand_does_not_know_the_variables_of_a_node() {
        let line = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
        let variables = |words: &[&str]| {
            let program = for_line(Arguments::command(), &line(words));
            program.get_arguments().filter(|flag| flag.get_env().is_some()).count()
        };
        assert!(variables(&["bcoin"]) > 5);
        assert!(variables(&["bcoin", "--port", "1"]) > 5);
        assert_eq!(variables(&["bcoin", "status"]), 0);
        let program = for_line(Arguments::command(), &line(&["bcoin", "status"]));
        let status = program.find_subcommand("status").expect("a command");
        assert!(status.get_arguments().any(|flag| variable(flag) == Some("BCOIN_NODE")), "its own it knows");
    }
}
