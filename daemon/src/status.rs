//! The daemon's state in one line, for people. Pure.

use std::collections::VecDeque;
use std::fmt;
use std::time::{Duration, Instant};

/// Silence is told from this on: three telegrams of a meter that sends every ten seconds.
pub const SILENT: Duration = Duration::from_secs(30);
/// Over this time the rate is an average.
const WINDOW: Duration = Duration::from_secs(60);

/// What the line of status says.
#[derive(Clone, Debug, Default)]
pub struct Status {
    /// Telegrams per second.
    pub rate: f64,
    /// Time since the last telegram, or since the start.
    pub silence: Duration,
    /// The meter's header line; empty if it encrypts, none before the first telegram.
    pub meter: Option<String>,
    /// What the line is found to be, where it is not that telegrams arrive: one sentence.
    pub trouble: Option<String>,
    /// The mistake in the configuration that the daemon runs in spite of.
    pub mistake: Option<String>,
    /// Bytes from the line since the start.
    pub bytes: u64,
    /// Clients at the moment.
    pub clients: usize,
    /// Telegrams with a wrong checksum since the start.
    pub checksum_errors: u64,
}

impl fmt::Display for Status {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(mistake) = &self.mistake {
            write!(out, "{mistake}; ")?;
        }
        let seconds = self.silence.as_secs();
        match (&self.trouble, &self.meter) {
            (Some(trouble), _) => write!(out, "{trouble}")?,
            (None, None) if self.bytes == 0 => out.write_str("nothing from the meter yet")?,
            (None, None) => write!(out, "{} bytes from the line and no telegram yet", self.bytes)?,
            (None, Some(_)) if self.silence >= SILENT => {
                write!(out, "no telegram for {seconds} s")?;
            }
            (None, Some(_)) => write!(out, "{:.1} telegram/s", self.rate)?,
        }
        match &self.meter {
            Some(meter) if meter.is_empty() => out.write_str(" from a meter that encrypts")?,
            Some(meter) if self.trouble.is_none() => write!(out, " from {meter}")?,
            _ => {}
        }
        let clients = if self.clients == 1 { "client" } else { "clients" };
        write!(out, ", {} {clients}, {} checksum errors", self.clients, self.checksum_errors)
    }
}

/// Telegrams per second over the last minute.
#[derive(Debug, Default)]
pub struct Rate {
    glances: VecDeque<(Instant, u64)>,
}

impl Rate {
    /// The rate when `telegrams` in all have been counted at `now`.
    pub fn after(&mut self, telegrams: u64, now: Instant) -> f64 {
        self.glances.push_back((now, telegrams));
        let age = |at: Instant| now.saturating_duration_since(at);
        while self.glances.get(1).is_some_and(|&(at, _)| age(at) >= WINDOW) {
            self.glances.pop_front();
        }
        match self.glances.front() {
            Some(&(at, before)) if age(at) > Duration::ZERO => {
                let more = u32::try_from(telegrams - before).unwrap_or(u32::MAX);
                f64::from(more) / age(at).as_secs_f64()
            }
            _ => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_for_each_state() {
        let receiving = Status {
            rate: 1.0,
            meter: Some("/ISK5\\2M550T-1012".into()),
            bytes: 9000,
            clients: 3,
            ..Status::default()
        };
        let silent = Status { silence: Duration::from_secs(75), ..receiving.clone() };
        let missing =
            Status { trouble: Some("there is no /dev/ttyUSB0".into()), ..receiving.clone() };
        let mistaken = Status { mistake: Some("p1-tcp.toml:3:8: no".into()), ..receiving.clone() };
        let encrypted = Status { meter: Some(String::new()), clients: 1, ..receiving.clone() };
        let rubbish = Status { meter: None, ..receiving.clone() };
        for (status, line) in [
            (receiving, "1.0 telegram/s from /ISK5\\2M550T-1012, 3 clients, 0 checksum errors"),
            (silent, "no telegram for 75 s from /ISK5\\2M550T-1012, 3 clients, 0 checksum errors"),
            (missing, "there is no /dev/ttyUSB0, 3 clients, 0 checksum errors"),
            (
                mistaken,
                "p1-tcp.toml:3:8: no; 1.0 telegram/s from /ISK5\\2M550T-1012, 3 clients, 0 checksum errors",
            ),
            (encrypted, "1.0 telegram/s from a meter that encrypts, 1 client, 0 checksum errors"),
            (rubbish, "9000 bytes from the line and no telegram yet, 3 clients, 0 checksum errors"),
            (Status::default(), "nothing from the meter yet, 0 clients, 0 checksum errors"),
        ] {
            assert_eq!(status.to_string(), line);
        }
    }

    #[test]
    fn the_rate_is_that_of_the_last_minute() {
        let mut rate = Rate::default();
        let start = Instant::now();
        let mut at =
            |second: u64, telegrams| rate.after(telegrams, start + Duration::from_secs(second));
        assert!((at(0, 0) - 0.0).abs() < 1e-9);
        assert!((at(10, 10) - 1.0).abs() < 1e-9);
        for second in (20..=200).step_by(10) {
            at(second, 10);
        }
        assert!((at(210, 40) - 0.5).abs() < 1e-9);
    }
}
