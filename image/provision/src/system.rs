//! What the system says of itself.

use std::fs;
use std::path::Path;

/// Where the time zones are, from the root.
pub const ZONEINFO: &str = "usr/share/zoneinfo";

/// What the system says of itself. What it does not say is empty, and nothing is checked by it.
#[derive(Clone, Debug, Default)]
pub struct System {
    /// The names of all time zones, as `Europe/Amsterdam`.
    pub zones: Vec<String>,
    /// The codes of all countries (ISO 3166), as `NL`.
    pub countries: Vec<String>,
    /// What image this is.
    pub image: String,
}

impl System {
    /// Reads it below `root`.
    #[must_use]
    pub fn read(root: &Path) -> Self {
        let zoneinfo = root.join(ZONEINFO);
        let mut zones = Vec::new();
        collect_zones(&zoneinfo, "", &mut zones);
        zones.sort();
        let countries = fs::read_to_string(zoneinfo.join("iso3166.tab")).unwrap_or_default();
        let release = fs::read_to_string(root.join("etc/os-release")).unwrap_or_default();
        Self { zones, countries: codes(&countries), image: image(&release) }
    }
}

/// Every zone's name begins with a capital; `posix` and `right` hold them once more, and the other
/// files are no zones.
fn collect_zones(folder: &Path, above: &str, zones: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with(|first: char| first.is_ascii_uppercase()) {
            continue;
        }
        let name = format!("{above}{name}");
        // A link may lead to a folder nowhere in zoneinfo, and a file's type is at hand.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            collect_zones(&entry.path(), &format!("{name}/"), zones);
        } else {
            zones.push(name);
        }
    }
}

/// The first column of iso3166.tab.
fn codes(table: &str) -> Vec<String> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split('\t').next()).map(str::to_owned).collect()
}

/// The image's version, else the distribution's name (os-release(5)).
fn image(release: &str) -> String {
    let value = |key: &str| {
        let line = release.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        line.map(|value| value.trim_matches(['"', '\'']).to_owned())
    };
    value("IMAGE_VERSION").or_else(|| value("PRETTY_NAME")).unwrap_or_default()
}
