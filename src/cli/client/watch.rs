//! `bcoin watch`: what happens in a node, as it happens, also after the connection was cut.

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
    http::{ClientError, Node},
    output::Output,
    sse::{Event, EventStream, Message},
    story, words,
};
use crate::{
    cli::{Failure, flags::WatchFlags, signals::Signals},
    wire::v1::{Status, event},
};

/// How long to wait before coming back after a cut, unless the node says otherwise. Each attempt in vain doubles it.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest wait between two attempts.
const MAX_PAUSE: Duration = Duration::from_secs(10);

/// Tells it until Ctrl-C.
pub(in super::super) async fn run(flags: &WatchFlags) -> Result<(), Failure> {
    let mut signals = Signals::listen()?;
    let (node, out) = (Node::new(&flags.ask.node)?, Output::new(&flags.ask));
    let telling = tokio::spawn(tell(node, out));
    tokio::select! {
        () = signals.stop_asked() => Ok(()),
        () = out.reader_gone() => Ok(()),
        told = telling => told?,
    }
}

async fn tell(node: Node, out: Output) -> Result<(), Failure> {
    let status: Status = node.get("/status").await?.read()?;
    let stream = EventStream::new(node.events(&status.last_event).await?, status.last_event.clone());
    note(format_args!("Watching http://{}: {}. Stop with Ctrl-C.", node.address(), now(&status)));
    let mut watch = Watch { node, out, stream, retry: FIRST_PAUSE, pause: FIRST_PAUSE };
    loop {
        let cut = watch.tell_until_cut().await?;
        watch.come_back(&cut).await;
    }
}

/// Says something about the watching itself. It goes to standard error: what happened stands on standard output alone.
fn note(text: impl Display) {
    // Who has closed standard error does not want to know.
    let _ = writeln!(io::stderr(), "{text}");
}

/// Prints while other threads go on: a reader that has stopped reading holds up the story, but not Ctrl-C.
fn aside<T>(print: impl FnOnce() -> T) -> T {
    tokio::task::block_in_place(print)
}

fn now(status: &Status) -> String {
    format!("{}, {} waiting", words::count(status.length, "block"), status.pending)
}

struct Watch {
    node: Node,
    out: Output,
    stream: EventStream,
    /// The pause that the node wishes.
    retry: Duration,
    /// The next pause.
    pause: Duration,
}

/// An event for programs.
#[derive(Serialize)]
struct Document<'a> {
    id: &'a str,
    event: &'a str,
    data: Box<RawValue>,
}

impl Watch {
    /// Tells what comes, until nothing comes any more; answers why.
    async fn tell_until_cut(&mut self) -> Result<String, Failure> {
        loop {
            let messages = match self.stream.next().await {
                Ok(messages) => messages,
                Err(cut) => return Ok(cut),
            };
            for message in messages {
                match message {
                    Message::Event(event) => self.tell(&event).await?,
                    Message::TooLong => note("(An event was too long to be taken.)"),
                    Message::Retry(wish) => {
                        self.retry = wish;
                        continue;
                    }
                    Message::Comment => {}
                }
                // The connection is of use, so the next cut is a first one again.
                self.pause = self.retry;
            }
        }
    }

    async fn tell(&self, event: &Event) -> Result<(), Failure> {
        if self.out.is_json() {
            // Whatever is no JSON is a text in it.
            let data = serde_json::from_str(&event.data).or_else(|_| serde_json::value::to_raw_value(&event.data))?;
            let document = Document { id: &event.id, event: &event.name, data };
            return aside(|| self.out.value(&document));
        }
        let mut line = story::tell(event);
        if event.name == event::RESET
            && let Some(status) = self.status().await
        {
            line.push(&format!("; {} now", now(&status)));
        }
        aside(|| self.out.line(line.painted(self.out)))
    }

    async fn status(&self) -> Option<Status> {
        self.node.get("/status").await.ok()?.read().ok()
    }

    /// Connects again, and goes on after the last event that came whole. Says once that the node is gone, and once that it is
    /// back.
    async fn come_back(&mut self, cut: &str) {
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
                    self.stream = EventStream::new(response, self.stream.last_id().to_owned());
                    return;
                }
                Err(error) if !is_gone => {
                    is_gone = true;
                    self.say_gone(cut, &error);
                }
                Err(_) => {}
            }
        }
    }

    fn say_gone(&self, cut: &str, error: &ClientError) {
        let (time, address) = (words::time_of_day(Utc::now()), self.node.address());
        note(format_args!("{time}  http://{address} is gone ({cut}; {}); waiting for it to come back", error.reason()));
    }
}
