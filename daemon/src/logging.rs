//! Where log lines go.

use std::os::fd::AsFd;
use tracing::field::Field;
use tracing::level_filters::LevelFilter;
use tracing_journald::{Priority, PriorityMappings};
use tracing_subscriber::fmt::format::{Writer, debug_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry};

/// Starts logging, to the journal if that is where standard error goes, and to standard error
/// otherwise. `verbose` adds what is of use only when something is looked for.
pub fn start(verbose: bool) {
    let level = if verbose { LevelFilter::DEBUG } else { LevelFilter::INFO };
    let journal = goes_to_journal().then(tracing_journald::layer).and_then(Result::ok);
    match journal {
        Some(journal) => {
            let journal = journal
                // The fields are the daemon's own; none has a name that the journal uses.
                .with_field_prefix(None)
                .with_syslog_identifier("p1-tcp".into())
                .with_priority_mappings(PriorityMappings {
                    info: Priority::Informational,
                    debug: Priority::Debug,
                    ..PriorityMappings::new()
                });
            Registry::default().with(journal.with_filter(level)).init();
        }
        None => tracing_subscriber::fmt()
            .with_max_level(level)
            .with_target(false)
            .with_ansi(false)
            // The message says it all; the fields are for filtering.
            .fmt_fields(debug_fn(|out: &mut Writer<'_>, field: &Field, value| {
                if field.name() == "message" { write!(out, "{value:?}") } else { Ok(()) }
            }))
            .with_writer(std::io::stderr)
            .init(),
    }
}

/// Whether standard error is a stream to the journal (systemd.exec(5), `$JOURNAL_STREAM`).
fn goes_to_journal() -> bool {
    let stream = std::env::var("JOURNAL_STREAM").unwrap_or_default();
    let stderr = nix::sys::stat::fstat(std::io::stderr().as_fd());
    stderr.is_ok_and(|stderr| stream == format!("{}:{}", stderr.st_dev, stderr.st_ino))
}
