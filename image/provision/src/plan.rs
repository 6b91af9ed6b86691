//! From what is on the card to what is to be done.

use crate::card::{Card, Contents, DAEMON};
use crate::findings::{Finding, Weight, in_file};
use crate::outputs::{Output, outputs};
use crate::report;
use crate::settings;
use crate::system::System;
use p1_tcp::config;

/// What is to be done.
pub struct Plan {
    /// What the machine is called.
    pub hostname: String,
    /// The files to write.
    pub outputs: Vec<Output>,
    /// What is wrong or worth telling.
    pub findings: Vec<Finding>,
    /// What is in force, a line for each.
    pub in_force: Vec<report::Line>,
    /// What `p1-report.txt` is to hold.
    pub report: [u8; report::SIZE],
}

/// Makes a plan of what is on the card. Whatever that is, there is one.
#[must_use]
pub fn plan(card: &Card, system: &System) -> Plan {
    let (settings, mut findings) = settings::read(card, system);
    let daemon = daemon(&card.daemon, &mut findings);
    findings.extend(card.strays.iter().map(|(file, instead)| {
        let message = format!("it is not read here; {instead}");
        Finding::of_file(Weight::Remark, file, message)
    }));
    let in_force = report::in_force(&settings, &daemon, system);
    Plan {
        outputs: outputs(&settings, card, &daemon),
        hostname: settings.hostname,
        report: report::report(&findings, &in_force),
        findings,
        in_force,
    }
}

/// The daemon's settings as it will have them: those of its file, or all defaults if there is a
/// mistake in it.
fn daemon(contents: &Contents, findings: &mut Vec<Finding>) -> config::Settings {
    let mut tell = |message| findings.push(Finding::of_file(Weight::Mistake, DAEMON, message));
    match contents {
        Contents::None => config::Settings::default(),
        Contents::Unreadable(why) => {
            tell(why.clone());
            config::Settings::default()
        }
        Contents::Bytes(bytes) => config::parse(bytes).unwrap_or_else(|mistakes| {
            findings.extend(in_file(DAEMON, mistakes));
            let all = "with a mistake in it, all of it has its defaults";
            findings.push(Finding::of_file(Weight::Remark, DAEMON, all.into()));
            config::Settings::default()
        }),
    }
}
