//! `bcoin watch`: prints the events of a node as they arrive, and reconnects when the connection is cut.

use std::{
    fmt::Display,
    io::{self, Write as _},
    time::Duration,
};

use chrono::Utc;
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::time::sleep;

use super::{
    event_line, find,
    http::{ClientError, Node},
    output::{Output, shown},
    words,
};
use crate::{
    cli::{failure::Failure, flags::WatchFlags, signals::Signals},
    peers::{Event, EventStream, Message},
    wire::v1::{Status, event},
};

/// How long to wait before reconnecting, unless the node sets `retry`. Each failed attempt doubles it.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest wait between two attempts.
const MAX_PAUSE: Duration = Duration::from_secs(10);
/// How long an event may be, in bytes: a replacement names up to a hundred blocks and payments.
const MAX_EVENT: usize = 16 << 20;

/// Prints events until Ctrl-C.
pub(in super::super) async fn run(flags: &WatchFlags) -> Result<(), Failure> {
    let mut signals = Signals::listen()?;
    let (node, out) = (find::node(&flags.ask).await?, Output::new(&flags.ask));
    let printing = tokio::spawn(print_events(node, out));
    tokio::select! {
        () = signals.stop_asked() => Ok(()),
        () = out.reader_gone() => Ok(()),
        result = printing => result?,
    }
}

async fn print_events(node: Node, out: Output) -> Result<(), Failure> {
    let status: Status = node.get("/status").await?.read()?;
    let stream = EventStream::new(node.events(&status.last_event).await?, status.last_event.clone(), MAX_EVENT);
    note(format_args!("Watching http://{}: {}. Stop with Ctrl-C.", node.address(), summary(&status)));
    let mut watch = Watch { node, out, stream, retry: FIRST_PAUSE, pause: FIRST_PAUSE };
    loop {
        let cut = watch.print_until_cut().await?;
        watch.reconnect(&cut).await;
    }
}

/// Prints a note about the connection to standard error: only events go to standard output.
fn note(text: impl Display) {
    // Standard error may be closed.
    let _ = writeln!(io::stderr(), "{text}");
}

/// Prints on a thread that may block: a reader that has stopped reading blocks the output, but not Ctrl-C.
fn blocking<T>(print: impl FnOnce() -> T) -> T {
    tokio::task::block_in_place(print)
}

fn summary(status: &Status) -> String {
    format!("{}, {} waiting", words::count(status.length, "block"), status.pending)
}

struct Watch {
    node: Node,
    out: Output,
    stream: EventStream,
    /// The first pause after a cut: the node's `retry`, or the default.
    retry: Duration,
    /// The next pause.
    pause: Duration,
}

/// An event in the output of `--json`.
#[derive(Serialize)]
struct Document<'a> {
    id: &'a str,
    event: &'a str,
    data: Box<RawValue>,
}

impl Watch {
    /// Prints events until the stream ends; returns why it ended.
    async fn print_until_cut(&mut self) -> Result<String, Failure> {
        loop {
            let messages = match self.stream.next().await {
                Ok(messages) => messages,
                Err(cut) => return Ok(shown(&cut)),
            };
            for message in messages {
                match message {
                    Message::Event(event) => self.print(&event).await?,
                    Message::TooLong => note("(An event was too long to be taken.)"),
                    Message::Retry(wish) => {
                        self.retry = wish;
                        continue;
                    }
                    Message::Comment => {}
                }
                // The connection works, so the pause after the next cut is the first one again.
                self.pause = self.retry;
            }
        }
    }

    async fn print(&self, event: &Event) -> Result<(), Failure> {
        if self.out.is_json() {
            // Data that is no JSON becomes a JSON string.
            let data = serde_json::from_str(&event.data).or_else(|_| serde_json::value::to_raw_value(&event.data))?;
            let document = Document { id: &event.id, event: &event.name, data };
            return blocking(|| self.out.value(&document));
        }
        let mut line = event_line::line_for(event);
        if event.name == event::RESET
            && let Some(status) = self.status().await
        {
            line.push(&format!("; {} now", summary(&status)));
        }
        blocking(|| self.out.line(line.painted(self.out)))
    }

    async fn status(&self) -> Option<Status> {
        self.node.get("/status").await.ok()?.read().ok()
    }

    /// Connects again, and continues after the last complete event. When the first attempt fails, it notes once that the node is
    /// gone, and once that it is back.
    async fn reconnect(&mut self, cut: &str) {
        let mut is_gone = false;
        loop {
            sleep(self.pause).await;
            self.pause = (self.pause * 2).min(MAX_PAUSE);
            match self.node.events(self.stream.last_id()).await {
                Ok(response) => {
                    if is_gone {
                        note(format_args!(
                            "{}  http://{} is back",
                            words::time_of_day(Utc::now()),
                            self.node.address()
                        ));
                    }
                    self.stream = EventStream::new(response, self.stream.last_id().to_owned(), MAX_EVENT);
                    return;
                }
                Err(error) if !is_gone => {
                    is_gone = true;
                    self.note_gone(cut, &error);
                }
                Err(_) => {}
            }
        }
    }

    fn note_gone(&self, cut: &str, error: &ClientError) {
        let (time, address) = (words::time_of_day(Utc::now()), self.node.address());
        note(format_args!("{time}  http://{address} is gone ({cut}; {}); waiting for it to come back", error.reason()));
    }
}
