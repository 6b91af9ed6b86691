//! Where log lines go.

use tracing::level_filters::LevelFilter;

/// Starts logging to standard error; `verbose` adds what is of use only when something is looked
/// for.
pub fn start(verbose: bool) {
    let level = if verbose { LevelFilter::DEBUG } else { LevelFilter::INFO };
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_target(false)
        .with_ansi(false)
        .with_writer(std::io::stderr)
        .init();
}
