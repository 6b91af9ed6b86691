//! All that is to be done, told and carried out.

use super::diff::difference;
use super::files::{self, Change};
use super::raspi_firmware::HOOK;
use super::system::{Kind, System};
use super::{debian, own, services};
use crate::arguments::Overlay;

/// All that is to be done.
#[derive(Debug, Default)]
pub struct Plan {
    changes: Vec<Change>,
    /// Services to switch off.
    off: Vec<String>,
    /// Services to switch on again.
    on: Vec<String>,
    /// Debian's hook has to write the boot files.
    hook: bool,
    /// What becomes of Bluetooth, where it had the UART.
    overlay: Option<Overlay>,
    /// It is to take back what was done.
    undo: bool,
    /// The boot loader between the firmware and the kernel, if there is one.
    pub loader: Option<String>,
}

impl Plan {
    /// How the UART becomes the meter's.
    ///
    /// # Errors
    ///
    /// One sentence, if something is missing or not understood.
    pub fn free(system: &System, overlay: Option<Overlay>) -> Result<Self, String> {
        let mut plan = match system.kind {
            Kind::Debian => {
                let (changes, overlay) = debian::free(system, overlay)?;
                let hook = !debian::boot_files_are_right(system, overlay)?;
                Self { changes, hook, overlay, ..Self::default() }
            }
            Kind::Own | Kind::Card => {
                let own::Freed { changes, overlay, loader } = own::free(system, overlay)?;
                Self { changes, overlay, loader, ..Self::default() }
            }
        };
        if system.kind != Kind::Card {
            let bluetooth_off = plan.overlay == Some(Overlay::DisableBt);
            plan.off = services::in_the_way(&system.root, bluetooth_off);
        }
        Ok(plan.settled(system))
    }

    /// How everything becomes as it was.
    ///
    /// # Errors
    ///
    /// One sentence, if something is missing or not understood.
    pub fn undo(system: &System) -> Result<Self, String> {
        let mut plan = Self { undo: true, ..Self::default() };
        plan.changes = match system.kind {
            Kind::Debian => debian::undo(system)?,
            Kind::Own | Kind::Card => own::undo(system)?,
        };
        if system.kind != Kind::Card {
            plan.on = services::switched_off(&system.root)?;
        }
        Ok(plan.settled(system))
    }

    fn settled(mut self, system: &System) -> Self {
        self.changes.retain(|change| !change.is_none());
        self.hook |= system.kind == Kind::Debian && !self.changes.is_empty();
        self
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.off.is_empty() && self.on.is_empty() && !self.hook
    }

    /// What is to be done, for who has to agree with it.
    #[must_use]
    pub fn told(&self) -> String {
        let mut told = Vec::new();
        for Change { file, before, after, .. } in &self.changes {
            let what = match (before, after) {
                _ if before == after => continue,
                (None, _) => " (new)",
                (_, None) => " (goes)",
                _ => "",
            };
            let [before, after] = [before, after].map(|text| text.as_deref().unwrap_or_default());
            let binary = before.contains(&0) || after.contains(&0);
            let difference = if binary { String::new() } else { difference(before, after) };
            told.push(format!("{}{what}\n{difference}\n", file.display()));
        }
        for (verb, units) in [("off", &self.off), ("on again", &self.on)] {
            if !units.is_empty() {
                told.push(format!("Switched {verb} in systemd: {}\n\n", units.join(", ")));
            }
        }
        if self.hook {
            told.push(format!("From that, /{HOOK} writes the boot files.\n\n"));
        }
        told.concat()
    }

    /// Where files are kept as they were.
    #[must_use]
    pub fn kept(&self) -> Vec<String> {
        let kept = self.changes.iter().filter_map(|change| change.keep.as_ref());
        kept.map(|(place, _)| place.display().to_string()).collect()
    }

    /// Does it.
    ///
    /// # Errors
    ///
    /// One sentence.
    pub fn carry_out(&self, system: &System) -> Result<(), String> {
        files::make(&self.changes, &|| {
            if !self.off.is_empty() {
                services::switch_off(&system.root, &self.off)?;
            }
            if !self.on.is_empty() {
                services::switch_on(&system.root)?;
            }
            Ok(())
        })?;
        if self.hook {
            debian::run_hook(&system.root)?;
        }
        if self.hook && !self.undo && !debian::boot_files_are_right(system, self.overlay)? {
            return Err(format!(
                "{} does not have what the hook should have written; is there a kernel in /boot, and \
                 enough room?",
                system.boot.display()
            ));
        }
        Ok(())
    }
}
