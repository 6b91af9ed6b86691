//! What the firmware puts before the names of the system's files.

use super::files::BootFiles;
use super::findings::Finding;
use super::settings::Settings;
use crate::failure::Failure;

/// The prefix that `upstream_kernel` implies.
const UPSTREAM: &str = "upstream/";
/// The one of overlays where `overlay_prefix` sets none.
const OVERLAYS: &str = "overlays/";

/// The prefixes that are in force.
pub(super) struct Prefix<'a> {
    system: &'a str,
    overlays: String,
}

impl<'a> Prefix<'a> {
    /// A prefix is in force if the kernel and one of the device trees are found with it, and for
    /// overlays if there is a file README with it.
    pub(super) fn find(
        settings: &Settings<'a>,
        files: &BootFiles,
        kernel: &str,
        device_trees: &[String],
        findings: &mut Vec<Finding>,
    ) -> Result<Self, Failure> {
        let set = settings.last("os_prefix");
        let is_upstream = settings.switch("upstream_kernel")? == Some(true);
        let system = set.map_or(if is_upstream { UPSTREAM } else { "" }, |entry| entry.value);
        let holds = |prefix: &str| {
            let has = |name: &str| files.has(&joined(prefix, name));
            has(kernel) && device_trees.iter().any(|name| has(name))
        };
        let in_force = if holds(system) { system } else { "" };
        if let Some(entry) = set.filter(|entry| entry.value != in_force) {
            let trees = device_trees.join(" or ");
            let what = format!(
                "os_prefix is passed over, as there is no {system}{kernel} or no {system}{trees}"
            );
            findings.push(Finding::new(settings.place(entry), what));
        }
        let shared = settings.text("overlay_prefix").unwrap_or(OVERLAYS);
        let own = format!("{in_force}{shared}");
        let overlays = if files.has(&format!("{own}README")) { own } else { shared.to_owned() };
        Ok(Self { system: in_force, overlays })
    }

    /// The path of a file of the system.
    pub(super) fn system(&self, name: &str) -> String {
        joined(self.system, name)
    }

    /// The path of an overlay.
    pub(super) fn overlay(&self, name: &str) -> String {
        format!("{}{name}.dtbo", self.overlays)
    }
}

/// A name that begins with a slash has no prefix.
fn joined(prefix: &str, name: &str) -> String {
    if name.starts_with('/') { name.to_owned() } else { format!("{prefix}{name}") }
}
