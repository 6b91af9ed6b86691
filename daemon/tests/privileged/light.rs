//! The light, on a stand-in for the kernel's folder of lights.

use crate::common::bridge::{Bridge, bridge, open_folder};
use crate::common::telegrams::telegram;
use crate::common::wait_for;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A folder of lights, and a bridge that sees it as /sys/class and has become p1serial.
fn bridge_with_light() -> (TempDir, Bridge) {
    let class = open_folder();
    let light = class.path().join("leds/ACT");
    fs::create_dir_all(&light).expect("a light");
    for (file, text) in [("trigger", "[mmc0] none heartbeat"), ("brightness", "0")] {
        let file = light.join(file);
        fs::write(&file, text).expect("a file");
        // As udev's rule on the appliance does it.
        chown(&file, None, Some(group())).expect("its group");
        fs::set_permissions(&file, Permissions::from_mode(0o664)).expect("its permissions");
    }
    let script = format!("mount --bind '{}' /sys/class && exec \"$@\"", class.path().display());
    let bridge = bridge()
        .argument("--led=ACT")
        .through(&["unshare", "--mount", "sh", "-c", &script, "sh"])
        .start();
    (class, bridge)
}

fn group() -> u32 {
    let id = Command::new("id").args(["-g", "p1serial"]).output().expect("id");
    String::from_utf8_lossy(&id.stdout).trim().parse().expect("a group")
}

fn is_on(class: &Path) -> bool {
    fs::read_to_string(class.join("leds/ACT/brightness")).is_ok_and(|text| text.starts_with('1'))
}

/// For how long the light is on and off in turn, the next so many times.
fn times(class: &Path, count: usize) -> Vec<(bool, Duration)> {
    let mut times = Vec::new();
    let (mut on, mut since) = (is_on(class), None::<Instant>);
    wait_for("a light that blinks", || {
        let now = is_on(class);
        if now != on {
            let before = since.replace(Instant::now());
            times.extend(before.map(|before| (on, before.elapsed())));
            on = now;
        }
        (times.len() >= count).then_some(())
    });
    times
}

#[test]
#[ignore = "needs root"]
fn the_light_tells_silence_rubbish_and_telegrams_apart() {
    let (class, mut bridge) = bridge_with_light();
    let class = class.path();
    wait_for("its own light", || {
        fs::read_to_string(class.join("leds/ACT/trigger"))
            .is_ok_and(|text| text.starts_with("none"))
            .then_some(())
    });
    // Two blinks and a pause: of six times one is the pause, or a part of it two.
    let silent = times(class, 8);
    let pauses = |times: &[(bool, Duration)]| {
        let long = |(on, time): &&(bool, Duration)| !on && *time > Duration::from_secs(1);
        times.iter().filter(long).count()
    };
    assert!((1..=2).contains(&pauses(&silent)), "{silent:?}");
    // With each telegram, and only then.
    bridge.line.send(&telegram(1));
    bridge.wait_for_log("telegrams arrive");
    wait_for("a short blink for a telegram", || {
        bridge.line.send(&telegram(2));
        let (was_on, time) = times(class, 1)[0];
        (was_on && time < Duration::from_millis(120)).then_some(())
    });
    // Rubbish.
    drop(bridge);
    wait_for("darkness", || (!is_on(class)).then_some(()));
}
