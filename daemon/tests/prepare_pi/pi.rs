//! A Raspberry Pi, as far as prepare-pi sees one: a root with boot files, a model and programs.
#![allow(clippy::panic, reason = "a test fails by a panic")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

pub const PI3: &str = "Raspberry Pi 3 Model B Rev 1.2";

/// A Raspberry Pi with a system.
pub struct Pi {
    folder: TempDir,
    /// Where its boot files are, below its root.
    boot: &'static str,
}

/// What a run of prepare-pi did.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// What it printed, if it succeeded.
    #[track_caller]
    pub fn done(self) -> String {
        assert_eq!((self.code, &*self.err), (Some(0), ""), "{self:#?}");
        self.out
    }

    /// The one sentence of its complaint, if it failed.
    #[track_caller]
    pub fn refused(self) -> String {
        assert_eq!(self.code, Some(1), "{self:#?}");
        let sentence = self.err.strip_prefix("p1-tcp prepare-pi: ").expect("its name");
        assert_eq!(sentence.matches('\n').count(), 1, "one line: {sentence}");
        sentence.trim_end().to_owned()
    }
}

impl Pi {
    /// A Pi 3 with the system whose boot files are those in `boot/NAME` beside this file.
    pub fn with(name: &str) -> Self {
        let older = ["buster", "bullseye"].contains(&name);
        let boot = if older { "boot" } else { "boot/firmware" };
        let pi = Self { folder: tempfile::tempdir().expect("a folder"), boot };
        copy(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/prepare_pi/boot").join(name),
            &pi.boot(),
        );
        let overlays = if name == "ubuntu-25.10" { "current/overlays" } else { "overlays" };
        fs::create_dir_all(pi.boot().join(overlays)).expect("overlays");
        for overlay in ["disable-bt", "miniuart-bt"].iter().filter(|_| name != "debian") {
            let old = if name == "buster" { "pi3-" } else { "" };
            let file = pi.boot().join(format!("{overlays}/{old}{overlay}.dtbo"));
            fs::write(file, b"\xD0\x0D\xFE\xED\0").expect("an overlay");
        }
        if pi.boot != "boot" && !name.starts_with("ubuntu") && name != "debian" {
            pi.write(
                "boot/config.txt",
                "DO NOT EDIT\n\nThe file has moved to /boot/firmware/config.txt\n",
            );
        }
        pi.write(
            "etc/fstab",
            format!("proc /proc proc defaults 0 0\nLABEL=boot /{boot} vfat defaults 0 2\n"),
        );
        pi.write(
            "proc/self/mountinfo",
            format!("25 1 179:2 / / rw shared:1 - ext4 /dev/root rw\n98 25 179:1 / /{boot} rw - vfat /dev/mmcblk0p1 rw\n"),
        );
        for name in ["systemctl", "chroot"] {
            program(name, &pi.folder.path().join(name));
        }
        fs::create_dir_all(pi.root().join("var/lib")).expect("a folder");
        pi.is(PI3);
        pi
    }

    /// The same with another model.
    pub fn is(&self, model: &str) {
        self.write("proc/device-tree/model", format!("{model}\0"));
    }

    pub fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    pub fn boot(&self) -> PathBuf {
        self.root().join(self.boot)
    }

    /// Its boot partition, as a card in another machine: there is nothing else.
    pub fn card(&self) -> PathBuf {
        let card = self.folder.path().join("card");
        copy(&self.boot(), &card);
        card
    }

    pub fn write(&self, file: &str, text: impl AsRef<[u8]>) {
        let file = self.root().join(file);
        fs::create_dir_all(file.parent().expect("a folder")).expect("the folder");
        fs::write(file, text).expect("a file");
    }

    pub fn write_boot(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.boot().join(name), text).expect("a boot file");
    }

    pub fn read(&self, file: &str) -> String {
        let bytes =
            fs::read(self.root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        String::from_utf8_lossy(&bytes).into_owned()
    }

    pub fn read_boot(&self, name: &str) -> String {
        self.read(&format!("{}/{name}", self.boot))
    }

    /// The programs that are there in the place of the true ones.
    pub fn programs(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// What systemd has enabled, or as what else it has it.
    pub fn service_is(&self, unit: &str, state: &str) {
        fs::write(self.folder.path().join(format!("is-{unit}")), state).expect("its state");
    }

    /// Programs fail from now on to do this.
    pub fn systemctl_fails_to(&self, verb: &str) {
        fs::write(self.folder.path().join(format!("fails-to-{verb}")), "").expect("its state");
    }

    /// What a program was asked, one line for each time.
    pub fn asked(&self, program: &str) -> Vec<String> {
        let log = fs::read_to_string(self.folder.path().join(format!("{program}.log")));
        log.unwrap_or_default().lines().map(str::to_owned).collect()
    }

    /// The units that are masked.
    pub fn masked(&self) -> Vec<String> {
        let mut units: Vec<String> = fs::read_dir(self.folder.path())
            .expect("the folder")
            .filter_map(|entry| entry.expect("an entry").file_name().into_string().ok())
            .filter_map(|name| name.strip_prefix("masked-").map(str::to_owned))
            .collect();
        units.sort();
        units
    }

    /// Runs prepare-pi for its root.
    pub fn prepare(&self, arguments: &[&str]) -> Ran {
        let root = self.root();
        let mut all = vec!["--root", root.to_str().expect("a path")];
        all.extend(arguments);
        self.run(&all)
    }

    /// Runs prepare-pi.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_p1-tcp"));
        command.arg("prepare-pi").args(arguments);
        command.env("PATH", format!("{}:/usr/bin:/bin", self.folder.path().display()));
        let output = command.output().expect("p1-tcp");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Every file of the root, and what is in it.
    pub fn files(&self) -> BTreeMap<PathBuf, String> {
        files(&self.root())
    }
}

/// Every file below a folder, and what is in it, byte for byte but readable.
pub fn files(folder: &Path) -> BTreeMap<PathBuf, String> {
    let readable = |(file, bytes): (PathBuf, Vec<u8>)| (file, bytes.escape_ascii().to_string());
    bytes(folder).into_iter().map(readable).collect()
}

fn bytes(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = fs::read(&path).expect("a file");
                found.insert(path, bytes);
            }
        }
    }
    found
}

/// Puts a program of `programs/` there. As a link: what this process has just written may be busy.
pub fn program(name: &str, there: &Path) {
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/prepare_pi/programs");
    let _ = fs::remove_file(there);
    std::os::unix::fs::symlink(programs.join(name), there).expect("a program");
}

fn copy(from: &Path, to: &Path) {
    for (file, bytes) in bytes(from) {
        let file = to.join(file.strip_prefix(from).expect("a file below it"));
        fs::create_dir_all(file.parent().expect("a folder")).expect("the folder");
        fs::write(file, bytes).expect("a copy");
    }
}

/// What is between the marks of prepare-pi in a text.
pub fn added(text: &str) -> Vec<&str> {
    let lines = text.lines().skip_while(|line| !line.starts_with("# Added by p1-tcp"));
    lines.skip(1).take_while(|line| !line.starts_with("# End of what p1-tcp")).collect()
}

/// Runs a script for p1-tcp, `$0`, that may mount what it likes: nobody else sees it.
pub fn with_mounts(script: &str, arguments: &[&Path]) -> Output {
    let mut command = Command::new("unshare");
    if !nix::unistd::geteuid().is_root() {
        command.args(["--user", "--map-root-user"]);
    }
    command.args(["--mount", "sh", "-ec", script, env!("CARGO_BIN_EXE_p1-tcp")]).args(arguments);
    command.output().expect("unshare")
}
