//! Fetches a whole chain over `/get_chain`: from nodes of the listing, and from B-Coin nodes that do not serve pieces.

use std::{
    io::{self, Read},
    sync::atomic::AtomicBool,
};

use bcoin_node::{Candidate, CandidateBuilder, PeerAddress, View};
use flate2::read::MultiGzDecoder;
use reqwest::{Response, StatusCode, header};
use tokio::task::spawn_blocking;

use super::{
    chain_decoder::{ChainError, decode_chain},
    client::PeerClient,
    download::{Received, receive},
    error::PeerError,
    exchange::Exchange,
    fetch::first_answer,
};

/// How much is received of a body that says itself that it is too long: enough to see whether it is a chain.
const SAMPLE_BYTES: u64 = 1 << 20;

/// How a chain is compressed on its way.
#[derive(Clone, Copy)]
enum Compression {
    None,
    Gzip,
}

impl PeerClient {
    /// Asks `peer` for its whole chain, and checks it against the rules and against the chain of `view`. Sets `delivering` once it
    /// begins to arrive.
    ///
    /// # Errors
    /// When there is no answer, or it is not a valid chain.
    pub async fn fetch_chain<R: Exchange>(
        &self,
        rules: &R,
        peer: &PeerAddress,
        view: &View,
        delivering: &AtomicBool,
    ) -> Result<Candidate<R>, PeerError> {
        let request = self.get(peer, "/get_chain").header(header::ACCEPT_ENCODING, "gzip");
        let response = first_answer(request, self.limits.first_byte).await?;
        if response.status() != StatusCode::OK {
            return Err(PeerError::NotANode(format!("it answers {} instead of 200 OK", response.status())));
        }
        let compression = compression(&response)?;
        let max = self.limits.chain_bytes;
        let is_too_long = response.content_length().is_some_and(|length| length > max);
        let wanted = if is_too_long { SAMPLE_BYTES.min(max) } else { max };
        let received =
            receive(response, wanted, &self.spools, &self.limits, self.limits.first_byte, delivering).await?;
        let mut turn = self.next_turn().await?;
        let (rules, limits) = (rules.clone(), self.candidate_limits());
        let (reader, own) = (view.reader.clone(), view.tip.height);
        let check = move || {
            let Received { spool, is_cut } = received;
            let mut builder = CandidateBuilder::new(rules.clone(), &reader, limits);
            let text: Box<dyn Read> = match compression {
                Compression::None => Box::new(spool),
                Compression::Gzip => Box::new(MultiGzDecoder::new(io::BufReader::new(spool))),
            };
            let error = match decode_chain(text, max, &mut turn, &rules, &mut builder) {
                Ok(()) => return Ok(builder.finish()?),
                // What was received ends where it was cut, and so does the JSON.
                Err(ChainError::Json(error)) if is_cut && (error.is_eof() || error.is_io()) => {
                    ChainError::TextTooLong { max }
                }
                Err(error) => error,
            };
            Err(PeerError::from_decoding(error, builder.length(), own))
        };
        spawn_blocking(check).await.map_err(|_| PeerError::Interrupted)?
    }
}

fn compression(response: &Response) -> Result<Compression, PeerError> {
    match response.headers().get(header::CONTENT_ENCODING).map(|encoding| encoding.as_bytes()) {
        None | Some(b"identity") => Ok(Compression::None),
        Some(b"gzip") => Ok(Compression::Gzip),
        Some(_) => Err(PeerError::NotANode("its answer is compressed in a way that was not asked for".into())),
    }
}
