//! The program `bcoin`. Everything is in the library; see `bcoin::cli`.

fn main() -> std::process::ExitCode {
    bcoin::cli::run()
}
