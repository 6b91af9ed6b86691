//! The device tree, and the overlays that go over it.

use super::files::{BootFiles, read};
use super::findings::Finding;
use super::prefix::Prefix;
use super::settings::Settings;
use crate::boards::Board;
use crate::failure::Failure;
use crate::tool;
use p1_tcp::prepare_pi::config_txt::Entry;
use std::path::{Path, PathBuf};

/// The overlay that makes the vendor's device tree fit a mainline kernel.
const UPSTREAM: &str = "upstream";
/// The node by which a tree or an overlay says what its parameters change.
const OVERRIDES: &[u8] = b"__overrides__\0";

/// The names of the device trees that the firmware looks for, the best first.
pub(super) fn named(settings: &Settings, board: &Board) -> Result<Vec<String>, Failure> {
    let file = |name: &str| format!("{name}.dtb");
    match settings.last("device_tree") {
        Some(entry) if entry.value.is_empty() => Err(Failure::new(format!(
            "{} turns the device tree off, without which the kernel finds nothing; name one, or take \
             the line out",
            settings.place(entry)
        ))),
        Some(entry) => Ok(vec![entry.value.to_owned()]),
        None if settings.switch("upstream_kernel")? == Some(true) => {
            let mut names = vec![file(&board.device_tree), file(&board.vendors_device_tree())];
            names.dedup();
            Ok(names)
        }
        None => Ok(vec![file(&board.vendors_device_tree())]),
    }
}

/// A device tree and its overlays, in the order in which they are applied.
pub(super) struct Tree {
    pub(super) base: PathBuf,
    pub(super) overlays: Vec<PathBuf>,
}

impl Tree {
    /// Finds the files; `names` are those of [`named`].
    pub(super) fn find(
        settings: &Settings,
        files: &BootFiles,
        names: &[String],
        prefix: &Prefix,
        findings: &mut Vec<Finding>,
    ) -> Result<Self, Failure> {
        let asked = settings.asked_by(match settings.last("device_tree") {
            Some(_) => "device_tree",
            None => "upstream_kernel",
        });
        let find = |name: &String| files.path(&prefix.system(name)).map(Path::to_owned);
        let found = names.iter().position(|name| find(name).is_some()).unwrap_or(0);
        let base = files.required(&prefix.system(&names[found]), &asked)?;
        let mut tree = Self { base, overlays: Vec::new() };
        if found > 0 {
            let place = settings.last("upstream_kernel").map(|entry| settings.place(entry));
            findings.push(Finding::new(place.unwrap_or_default(), format!(
                "the firmware takes the vendor's {} with the overlay {UPSTREAM}, as there is no {}",
                names[found], names[0]
            )));
            tree.overlays.push(files.required(&prefix.overlay(UPSTREAM), &asked)?);
        }
        tree.add_overlays(settings, files, prefix, findings)?;
        Ok(tree)
    }

    fn add_overlays(
        &mut self,
        settings: &Settings,
        files: &BootFiles,
        prefix: &Prefix,
        findings: &mut Vec<Finding>,
    ) -> Result<(), Failure> {
        // Parameters are for the last overlay, and for the device tree where there is none.
        let mut below: Option<PathBuf> = None;
        for entry in &settings.entries {
            let place = settings.place(entry);
            match entry.key {
                "dtoverlay" if entry.value.is_empty() => below = None,
                "dtoverlay" => {
                    let (name, parameters) = match entry.value.split_once(',') {
                        Some((name, parameters)) => (name, Some(parameters)),
                        None => (entry.value, None),
                    };
                    let asked = format!("but {place} asks for it");
                    let overlay = files.required(&prefix.overlay(name), &asked)?;
                    if self.overlays.contains(&overlay) {
                        findings.push(Finding::new(place, format!("{name} is applied once more")));
                    }
                    if let Some(parameters) = parameters {
                        parameter(settings, entry, parameters, &overlay, findings)?;
                    }
                    self.overlays.push(overlay.clone());
                    below = Some(overlay);
                }
                "dtparam" => {
                    let file = below.as_ref().unwrap_or(&self.base);
                    parameter(settings, entry, entry.value, file, findings)?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// A parameter does nothing to a file without [`OVERRIDES`]; one that does something is not modelled.
fn parameter(
    settings: &Settings,
    entry: &Entry,
    parameter: &str,
    file: &Path,
    findings: &mut Vec<Finding>,
) -> Result<(), Failure> {
    let place = settings.place(entry);
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    if !read(file)?.windows(OVERRIDES.len()).any(|bytes| bytes == OVERRIDES) {
        let what = format!("the parameter {parameter} does nothing, as {name} has none");
        findings.push(Finding::new(place, what));
        return Ok(());
    }
    Err(Failure::new(format!(
        "{place} sets the parameter {parameter} of {name}, which is not modelled here; take it out, or \
         write an overlay without parameters"
    )))
}

/// Writes `base` with the overlays over it `into` a file, as the firmware hands it to the kernel.
pub(super) fn merge(base: &Path, overlays: &[PathBuf], into: &Path) -> Result<(), Failure> {
    if overlays.is_empty() {
        let what = format!("copy the device tree {}", base.display());
        return std::fs::copy(base, into).map(|_| ()).map_err(Failure::of(what));
    }
    let mut arguments = vec!["-i".as_ref(), base.as_os_str(), "-o".as_ref(), into.as_os_str()];
    arguments.extend(overlays.iter().map(|overlay| overlay.as_os_str()));
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let names: Vec<_> = overlays.iter().map(|overlay| name(overlay)).collect();
    let what = format!(
        "apply {} to {}, which is how the firmware loses an overlay without a word (it may only name \
         labels that the device tree has)",
        names.join(" and "),
        name(base)
    );
    tool::run("fdtoverlay", "device-tree-compiler", &arguments, &what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    /// Compiles a source with its symbols.
    fn compiled(folder: &Path, name: &str, source: &str) -> PathBuf {
        let [from, into] = ["dts", "dtb"].map(|kind| folder.join(name).with_extension(kind));
        std::fs::write(&from, format!("/dts-v1/;\n{source}")).expect("a source");
        let mut dtc = Command::new("dtc");
        dtc.args(["-@", "-q", "-o"]).args([&into, &from]);
        assert!(dtc.status().expect("dtc").success(), "{source}");
        into
    }

    #[test]
    fn overlays_go_over_the_device_tree_in_order() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        let base = compiled(folder, "base", "/ { uart: uart { speed = <1>; }; };");
        let sets = |name: &str, value: &str| {
            compiled(folder, name, &format!("/plugin/;\n&uart {{ value = \"{value}\"; }};"))
        };
        let (first, second) = (sets("first", "one"), sets("second", "two"));
        let into = folder.join("merged.dtb");
        let value = || {
            let mut fdtget = Command::new("fdtget");
            let said = fdtget.arg(&into).args(["/uart", "value"]).output().expect("fdtget").stdout;
            String::from_utf8_lossy(&said).trim_end().to_owned()
        };
        merge(&base, &[first.clone(), second.clone()], &into).expect("a tree");
        assert_eq!(value(), "two");
        merge(&base, &[second, first.clone(), first], &into).expect("a tree");
        assert_eq!(value(), "one");
        merge(&base, &[], &into).expect("a tree");
        assert_eq!(std::fs::read(&into).expect("a tree"), std::fs::read(&base).expect("a tree"));

        let lost = compiled(folder, "lost", "/plugin/;\n&bt_pins { value = \"three\"; };");
        let told = merge(&base, &[lost], &into).expect_err("no such label").to_string();
        assert!(told.starts_with("cannot apply lost.dtb to base.dtb, which"), "{told}");
        assert!(told.contains("what fdtoverlay says"), "{told}");
    }
}
