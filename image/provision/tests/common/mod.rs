//! What the tests share: a machine below a folder, its card, and the programs that read what is
//! made.
#![allow(dead_code, reason = "each test crate uses its part of it")]
#![allow(clippy::panic, reason = "a test fails by a panic")]

pub mod volume;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Anything that ought to happen does so within this time, even on a busy machine.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// A key as ssh-keygen makes it.
pub const KEY: &str = "ssh-ed25519 \
    AAAAC3NzaC1lZDI1NTE5AAAAINx0Nk28g7kUWtFgHi8QpS/2rSihMmr8MLVJtMG6EzLS bart@laptop";

/// The report as it is made with the image.
pub fn first_report() -> Vec<u8> {
    fs::read(here().join("p1-report.txt")).expect("the file for the image")
}

/// A system below a folder, with a few time zones and countries.
pub struct Machine {
    pub root: TempDir,
}

impl Machine {
    pub fn new() -> Self {
        let root = tempfile::tempdir().expect("a folder");
        let machine = Self { root };
        for zone in ["Europe/Amsterdam", "Europe/Brussels", "America/New_York", "UTC", "zone.tab"] {
            machine.write(&format!("usr/share/zoneinfo/{zone}"), b"TZif2");
        }
        let countries = b"# codes\nBE\tBelgium\nGB\tBritain (UK)\nNL\tNetherlands\n";
        machine.write("usr/share/zoneinfo/iso3166.tab", countries);
        machine.write("etc/os-release", b"PRETTY_NAME=\"Debian\"\nIMAGE_VERSION=\"2026.11\"\n");
        fs::create_dir_all(machine.path("boot/firmware")).expect("a folder");
        machine
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    pub fn write(&self, path: &str, contents: &[u8]) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
        fs::write(path, contents).expect("a file");
    }

    /// Puts an appliance.toml on the card.
    pub fn appliance(self, text: &str) -> Self {
        self.card("appliance.toml", text.as_bytes())
    }

    pub fn card(self, file: &str, contents: &[u8]) -> Self {
        self.write(&format!("boot/firmware/{file}"), contents);
        self
    }

    /// Runs `p1-provision apply` with further arguments; what it said on standard error.
    pub fn apply_with(&self, arguments: &[&str]) -> String {
        let root = self.root.path().display().to_string();
        let output = p1_provision(&[&["apply", "--root", &root], arguments].concat());
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{told}");
        assert_eq!(text(&output.stdout), "");
        told
    }

    pub fn apply(&self) -> String {
        self.apply_with(&[])
    }

    /// A file that was made; none where there is none.
    pub fn made(&self, path: &str) -> Option<String> {
        fs::read(self.path(path)).ok().map(|bytes| text(&bytes))
    }

    pub fn ethernet(&self) -> String {
        self.made("run/systemd/network/10-p1-ethernet.network").expect("a .network file")
    }

    pub fn wifi(&self) -> Option<String> {
        self.made("run/systemd/network/11-p1-wifi.network")
    }

    pub fn supplicant(&self) -> Option<String> {
        self.made("run/p1-provision/wpa_supplicant.conf")
    }

    pub fn hostname(&self) -> String {
        self.made("run/p1-provision/hostname").expect("a host name")
    }

    pub fn keys(&self) -> Option<String> {
        self.made("run/p1-provision/authorized_keys")
    }

    pub fn zone(&self) -> PathBuf {
        fs::read_link(self.path("run/p1-provision/localtime")).expect("a link")
    }
}

pub fn p1_provision(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_p1-provision")).args(arguments).output().expect("the program")
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The path of a program that reads what is made.
pub fn program(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    let found = folders.map(|folder| folder.join(name)).find(|file| file.exists());
    found.unwrap_or_else(|| panic!("there is no {name}; scripts/setup test installs it"))
}

/// Runs a program that has to succeed; what it printed.
pub fn run(name: &str, arguments: &[&dyn AsRef<std::ffi::OsStr>]) -> String {
    let output = Command::new(program(name)).args(arguments).output().expect(name);
    let told = text(&output.stdout) + &text(&output.stderr);
    assert!(output.status.success(), "{name}: {told}");
    told
}

/// Waits until `condition` gives something; panics with `what` when it takes too long.
pub fn wait_for<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(value) = condition() {
            return value;
        }
        assert!(started.elapsed() < DEADLINE, "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The crate's folder.
pub fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
