//! The commands in a document: its blocks marked `console` and `sh`.

/// A block of commands.
pub struct Block {
    /// The line of the document where it begins.
    pub line: usize,
    /// Why it cannot be run, as `<!-- not run: REASON -->` in the line above says.
    pub not_run: Option<String>,
    pub steps: Vec<Step>,
}

/// A command, and in a `console` block what it prints.
pub struct Step {
    pub line: usize,
    pub command: String,
    pub prints: Option<String>,
}

/// The blocks of a document in their order.
pub fn blocks(document: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = (1..).zip(document.lines());
    let mut before = "";
    while let Some((line, text)) = lines.next() {
        if let Some(language) = text.strip_prefix("```") {
            let inside: Vec<_> = lines.by_ref().take_while(|(_, text)| *text != "```").collect();
            let steps = match language {
                "console" => console(&inside),
                "sh" => shell(&inside),
                _ => Vec::new(),
            };
            let not_run = before.strip_prefix("<!-- not run: ").and_then(|rest| rest.strip_suffix(" -->"));
            assert!(not_run.is_none() || !steps.is_empty(), "line {line}: there is nothing to run");
            if !steps.is_empty() {
                blocks.push(Block { line, not_run: not_run.map(str::to_owned), steps });
            }
        }
        before = text;
    }
    blocks
}

/// Commands behind `$ `, each with what it prints below it.
fn console(lines: &[(usize, &str)]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for (line, text) in lines {
        match (text.strip_prefix("$ "), steps.last_mut()) {
            (Some(command), _) => {
                steps.push(Step { line: *line, command: command.to_owned(), prints: Some(String::new()) });
            }
            (None, Some(Step { prints: Some(prints), .. })) => prints.extend([text, "\n"]),
            _ => panic!("line {line}: a console block begins with a command"),
        }
    }
    steps
}

/// A command in each line, and comments.
fn shell(lines: &[(usize, &str)]) -> Vec<Step> {
    let commands = lines.iter().filter(|(_, text)| !text.is_empty() && !text.starts_with('#'));
    commands.map(|(line, text)| Step { line: *line, command: (*text).to_owned(), prints: None }).collect()
}

#[test]
fn commands_are_found_with_what_they_print() {
    let document = "text\n```sh\n# first\na  # b\n\nc\n```\n<!-- not run: why -->\n```console\n$ d\ne\nf\n$ g\n```\n```text\n$ h\n```\n";
    let found = blocks(document);
    let steps: Vec<_> = found.iter().flat_map(|block| &block.steps).collect();
    let texts: Vec<_> = steps.iter().map(|step| (step.line, step.command.as_str(), step.prints.as_deref())).collect();
    assert_eq!(texts, [(4, "a  # b", None), (6, "c", None), (10, "d", Some("e\nf\n")), (13, "g", Some(""))]);
    assert_eq!(found.iter().map(|block| block.not_run.as_deref()).collect::<Vec<_>>(), [None, Some("why")]);
}
