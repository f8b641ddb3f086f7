//! The program `bcoin`. Everything is in the library; see `bcoin::cli`.

mod allocator;

fn main() -> std::process::ExitCode {
    allocator::configure();
    bcoin::cli::run()
}
