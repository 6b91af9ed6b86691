//! Where a monitor's reports come from.

use super::own::Own;
use super::socket::{self, Refusal};
use super::{Target, holder};
use crate::config::Serial;
use crate::daemon::{configuration_file, read_settings};
use crate::diagnosis::Verdict;
use crate::language::Language;
use crate::report::Report;
use std::path::{Path, PathBuf};

/// What is known at the moment.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// The last report; empty before the first.
    pub report: Report,
    /// Why there is no newer one.
    pub trouble: Option<String>,
}

/// Where reports come from.
pub(super) enum Source {
    /// The daemon, which has the line.
    Service { socket: PathBuf },
    /// A line or connection of the monitor's own.
    Own(Own),
}

impl Source {
    /// The source for `target`: the daemon where it has the line, and else the line itself.
    ///
    /// # Errors
    ///
    /// One sentence on why there is none, with what to do about it.
    pub(super) fn choose(
        target: Option<&Target>,
        named: Option<&Path>,
        language: Language,
    ) -> Result<Self, String> {
        let socket = super::report_socket(named);
        let device = match target {
            Some(Target::Address(address)) => {
                return Ok(Self::Own(Own::connect(address, language)));
            }
            Some(Target::Device(device)) => Some(device),
            None => None,
        };
        let service = socket::report(socket);
        match (&service, device) {
            (Ok(_), None) => return Ok(Self::Service { socket: socket.to_owned() }),
            (Ok(report), Some(device)) if is_same(device, Path::new(&report.line.device)) => {
                return Ok(Self::Service { socket: socket.to_owned() });
            }
            // There is a daemon, or ought to be one.
            (Err(refusal), None) if named.is_some() || !matches!(refusal, Refusal::Absent) => {
                return Err(refusal.sentence(socket, language));
            }
            _ => {}
        }
        let (mut settings, mistake) = match read_settings(configuration_file(None).as_deref()) {
            Ok(settings) => (settings, None),
            Err(mistakes) => (<_>::default(), mistakes.to_string().lines().next().map(Into::into)),
        };
        if let Some(device) = device.filter(|device| !is_same(device, &settings.serial.device)) {
            settings.serial = Serial { device: device.clone(), ..Serial::default() };
        }
        let device = settings.serial.device.clone();
        let mut own = Own::open(settings, mistake)?;
        match (own.report().line.verdict, service) {
            // It is most likely the daemon that has it.
            (Verdict::InUse, Err(refusal @ Refusal::Forbidden)) => {
                Err(refusal.sentence(socket, language))
            }
            (Verdict::InUse, _) => Err(holder::sentence(&device, language)),
            _ => Ok(Self::Own(own)),
        }
    }

    /// Brings `look` up to date.
    pub(super) fn look(&mut self, look: &mut Look, language: Language) {
        match self {
            Self::Service { socket } => match socket::report(socket) {
                Ok(report) => *look = Look { report, trouble: None },
                Err(refusal) => look.trouble = Some(refusal.sentence(socket, language)),
            },
            Self::Own(own) => *look = Look { report: own.report(), trouble: own.trouble() },
        }
    }
}

/// Whether two paths lead to the same device.
fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    real(one) == real(other)
}
