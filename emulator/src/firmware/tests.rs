//! What the firmware takes from boot partitions that are made up.

use super::made_up::{Partition, findings};

#[test]
fn without_settings_each_model_takes_what_is_its_own() {
    let card = Partition::new("");
    for (model, start, kernel, is_64_bit, tree, enable_uart) in [
        (
            "Zero",
            "bootcode.bin start.elf fixup.dat",
            "kernel.img",
            false,
            "bcm2708-rpi-zero.dtb",
            true,
        ),
        (
            "3 Model B",
            "bootcode.bin start.elf fixup.dat",
            "kernel7.img",
            false,
            "bcm2710-rpi-3-b.dtb",
            false,
        ),
        ("4 Model B", "start4.elf fixup4.dat", "kernel8.img", true, "bcm2711-rpi-4-b.dtb", false),
    ] {
        let boot = card.on(model);
        let files = boot.boot_code.iter().chain([&boot.start, &boot.fixup]);
        assert_eq!(card.names(files), start, "{model}");
        assert_eq!(
            (card.name(&boot.kernel), boot.is_64_bit),
            (kernel.to_owned(), is_64_bit),
            "{model}"
        );
        assert_eq!(card.name(&boot.device_tree), tree, "{model}");
        assert_eq!(boot.enable_uart, enable_uart, "{model}");
        assert_eq!((boot.initramfs, boot.overlays.len()), (None, 0), "{model}");
        assert_eq!(boot.command_line, "root=/dev/x ro", "{model}");
        assert_eq!(boot.findings, [], "{model}");
    }
    let boot = Partition::new("arm_64bit=0\n").on("400");
    assert!(boot.kernel.ends_with("kernel7l.img") && !boot.is_64_bit);
    let boot = Partition::new("arm_64bit=1\n").on("3 Model B");
    assert!(boot.kernel.ends_with("kernel8.img") && boot.is_64_bit);
    // A name that the firmware knows says what it is.
    let boot = Partition::new("arm_64bit=1\nkernel=kernel7.img\n").on("3 Model B");
    assert!(!boot.is_64_bit);
}

#[test]
fn the_firmware_is_chosen_by_what_the_graphics_get() {
    for (config, three, four) in [
        ("gpu_mem=16", "start_cd.elf fixup_cd.dat", "start4cd.elf fixup4cd.dat"),
        ("gpu_mem=17", "start.elf fixup.dat", "start4.elf fixup4.dat"),
        ("[pi4]\ngpu_mem=16", "start.elf fixup.dat", "start4cd.elf fixup4cd.dat"),
        ("gpu_mem=16\nstart_x=1", "start_x.elf fixup_x.dat", "start4x.elf fixup4x.dat"),
        ("start_debug=1", "start_db.elf fixup_db.dat", "start4db.elf fixup4db.dat"),
        ("start_file=a\nfixup_file=b", "a b", "a b"),
        // What loads the firmware follows no include.
        ("include more.txt", "start.elf fixup.dat", "start4.elf fixup4.dat"),
    ] {
        let more = "start_x.elf fixup_x.dat start4x.elf fixup4x.dat start_db.elf fixup_db.dat \
            start4db.elf fixup4db.dat a b";
        let card = Partition::new(config).with("more.txt", "gpu_mem=16\n");
        let card = more.split_ascii_whitespace().fold(card, |card, name| card.with(name, ""));
        for (model, pair) in [("3 Model B", three), ("400", four)] {
            let boot = card.on(model);
            assert_eq!(card.names([&boot.start, &boot.fixup]), pair, "{config}");
        }
    }
    for (config, told) in [
        ("gpu_mem=lots", "line 1 of config.txt sets gpu_mem to \"lots\", which is no number"),
        ("gpu_mem_512=16", "line 1 of config.txt sets gpu_mem_512, which counts on boards"),
        ("start_file=start_cd.elf", "config.txt sets one of start_file and fixup_file"),
    ] {
        let reason = Partition::new(config).refused("3 Model B");
        assert!(reason.starts_with(told), "{reason}");
    }
}

#[test]
fn what_is_missing_is_told_with_who_asks_for_it() {
    const CONFIG: &str =
        "gpu_mem=16\nkernel=vmlinuz\ninitramfs initrd followkernel\ndtoverlay=disable-bt\n";
    for (missing, told) in [
        ("bootcode.bin", "bootcode.bin is not on the boot partition, but this model needs it"),
        (
            "start_cd.elf",
            "start_cd.elf is not on the boot partition, but line 1 of config.txt asks",
        ),
        (
            "fixup_cd.dat",
            "fixup_cd.dat is not on the boot partition, but line 1 of config.txt asks",
        ),
        ("vmlinuz", "vmlinuz is not on the boot partition, but line 2 of config.txt asks for it"),
        ("initrd", "initrd is not on the boot partition, but line 3 of config.txt asks for it"),
        (
            "bcm2710-rpi-3-b.dtb",
            "bcm2710-rpi-3-b.dtb is not on the boot partition, but the firmware",
        ),
        (
            "overlays/disable-bt.dtbo",
            "overlays/disable-bt.dtbo is not on the boot partition, but line 4",
        ),
        ("cmdline.txt", "cmdline.txt is not on the boot partition, but the firmware looks for it"),
    ] {
        let card = Partition::new(CONFIG);
        assert_eq!(card.on("3 Model B").findings, []);
        let reason = card.without(missing).refused("3 Model B");
        assert!(reason.starts_with(told), "{reason}");
    }
    assert!(Partition::new("").without("bootcode.bin").try_on("4 Model B").is_ok());
}

#[test]
fn filters_and_included_files_are_followed() {
    let config = "kernel=vmlinuz\n[pi4]\nkernel=kernel8.img\ninclude pi4.txt\n[pi02]\ndtoverlay=miniuart-bt\n\
        [none]\nkernel=none\n[all]\n[cm3]\nenable_uart=1\n[all]\n";
    let card = Partition::new(config).with("pi4.txt", "[pi400]\ndtoverlay=disable-bt\n");
    for (model, kernel, overlays, enable_uart) in [
        ("3 Model B", "vmlinuz", "", false),
        ("Compute Module 3", "vmlinuz", "", true),
        ("Zero 2 W", "vmlinuz", "overlays/miniuart-bt.dtbo", false),
        ("4 Model B", "kernel8.img", "", false),
        ("400", "kernel8.img", "overlays/disable-bt.dtbo", false),
    ] {
        let boot = card.on(model);
        assert_eq!(card.name(&boot.kernel), kernel, "{model}");
        assert_eq!(card.names(&boot.overlays), overlays, "{model}");
        assert_eq!(boot.enable_uart, enable_uart, "{model}");
        assert_eq!(boot.findings, [], "{model}");
    }
    let boot = Partition::new("include usercfg.txt\n").on("Zero");
    assert_eq!(findings(&boot), ["line 1 of config.txt: there is no usercfg.txt to include"]);
    let card = Partition::new("[gpio4=1]\nkernel=vmlinuz\n");
    let told =
        "line 2 of config.txt sets kernel below a filter that depends on more than the model";
    assert!(card.refused("Zero").starts_with(told), "{}", card.refused("Zero"));
    assert!(Partition::new("[gpio4=1]\nboot_delay=1\n").try_on("Zero").is_ok());
}

#[test]
fn mainlines_device_trees_have_names_of_their_own() {
    let card = Partition::new("upstream_kernel=1\n");
    for (model, tree) in [
        ("3 Model B", "bcm2837-rpi-3-b.dtb"),
        ("Compute Module 3", "bcm2837-rpi-cm3-io3.dtb"),
        ("400", "bcm2711-rpi-400.dtb"),
    ] {
        assert_eq!(card.name(&card.on(model).device_tree), tree);
    }
    let card = card.without("bcm2837-rpi-3-b.dtb");
    assert!(card.refused("3 Model B").starts_with("overlays/upstream.dtbo is not on"));
    let card = card.with("overlays/upstream.dtbo", "");
    let boot = card.on("3 Model B");
    assert_eq!(card.names([&boot.device_tree]), "bcm2710-rpi-3-b.dtb");
    assert_eq!(card.names(&boot.overlays), "overlays/upstream.dtbo");
    assert_eq!(boot.findings.len(), 1);
    let card = Partition::new("device_tree=bcm2711-rpi-4-b.dtb\n");
    assert_eq!(card.name(&card.on("400").device_tree), "bcm2711-rpi-4-b.dtb");
    assert!(Partition::new("device_tree=\n").refused("400").contains("turns the device tree off"));
}

#[test]
fn a_prefix_holds_where_kernel_and_device_tree_have_it() {
    let config =
        "os_prefix=new/\nkernel=vmlinuz\ninitramfs initrd followkernel\ndtoverlay=disable-bt\n";
    let card = Partition::new(config).with("new/vmlinuz", "");
    let boot = card.on("400");
    assert_eq!(card.name(&boot.kernel), "vmlinuz");
    let told = "line 1 of config.txt: os_prefix is passed over, as there is no new/vmlinuz or no \
        new/bcm2711-rpi-400.dtb";
    assert_eq!(findings(&boot), [told]);

    let card = card.with("new/bcm2711-rpi-400.dtb", "").with("new/cmdline.txt", "new");
    assert!(card.refused("400").starts_with("new/initrd is not on"), "{}", card.refused("400"));
    let card = card.with("new/initrd", "");
    let boot = card.on("400");
    let files = [&boot.kernel, &boot.device_tree].into_iter().chain(&boot.initramfs);
    assert_eq!(card.names(files), "new/vmlinuz new/bcm2711-rpi-400.dtb new/initrd");
    assert_eq!(boot.command_line, "new");
    assert_eq!(card.names(&boot.overlays), "overlays/disable-bt.dtbo", "shared");
    let card = card.with("new/overlays/README", "").with("new/overlays/disable-bt.dtbo", "");
    assert_eq!(card.names(&card.on("400").overlays), "new/overlays/disable-bt.dtbo");

    let card = card
        .with("config.txt", "os_prefix=new/\nkernel=/vmlinuz\noverlay_prefix=my-\ncmdline=/c\n");
    let card = card.with("c", "c\r\n");
    let boot = card.on("400");
    assert_eq!(card.names([&boot.kernel, &boot.device_tree]), "vmlinuz new/bcm2711-rpi-400.dtb");
    assert_eq!(boot.command_line, "c");
    let card = Partition::new("upstream_kernel=1\n").with("upstream/kernel7.img", "");
    let card = card.with("upstream/bcm2837-rpi-3-b.dtb", "").with("upstream/cmdline.txt", "u");
    assert_eq!(card.name(&card.on("3 Model B").kernel), "upstream/kernel7.img");
}

#[test]
fn an_initramfs_needs_a_line_of_its_own_kind() {
    for (config, initramfs, told) in [
        ("initramfs initrd followkernel", "initrd", ""),
        ("initramfs initrd 0x00800000", "initrd", ""),
        ("ramfsfile=initrd", "initrd", ""),
        ("auto_initramfs=1", "initramfs8", ""),
        ("initramfs initrd followkernel\nauto_initramfs=1", "initrd", ""),
        (
            "initramfs=initrd followkernel",
            "",
            "this sets nothing, as initramfs takes a space and no =",
        ),
        ("initramfs initrd", "", "this sets no initramfs, which takes a file and followkernel"),
        ("initramfs = initrd followkernel", "", "this sets no initramfs"),
        (
            "kernel=vmlinuz\nauto_initramfs=1",
            "",
            "auto_initramfs knows none for a kernel called vmlinuz",
        ),
        ("arm_64bit=0\nauto_initramfs=1", "", "auto_initramfs finds no initramfs7l"),
    ] {
        let card = Partition::new(config).with("initramfs8", "");
        let boot = card.on("400");
        assert_eq!(card.names(&boot.initramfs), initramfs, "{config}");
        let findings = findings(&boot).join("\n");
        assert_eq!(findings.is_empty(), told.is_empty(), "{findings}");
        assert!(findings.contains(told), "{findings}");
    }
    let two = Partition::new("initramfs initrd,vmlinuz followkernel\n").refused("400");
    assert!(two.starts_with("line 1 of config.txt asks for more than one initramfs"), "{two}");
}

#[test]
fn overlays_keep_their_order_and_parameters_do_nothing_without_overrides() {
    let config = "dtparam=audio=on\ndtoverlay=miniuart-bt\ndtoverlay=disable-bt,speed=1\n\
        dtparam=x\ndtoverlay=\ndtparam=y\ndevice_tree_overlay=miniuart-bt\n";
    let card = Partition::new(config);
    let boot = card.on("3 Model B");
    let [first, second] = ["overlays/miniuart-bt.dtbo", "overlays/disable-bt.dtbo"];
    assert_eq!(card.names(&boot.overlays), format!("{first} {second} {first}"));
    let nothing = |line: u8, parameter: &str, file: &str| {
        format!(
            "line {line} of config.txt: the parameter {parameter} does nothing, as {file} has none"
        )
    };
    assert_eq!(
        findings(&boot),
        [
            nothing(1, "audio=on", "bcm2710-rpi-3-b.dtb"),
            nothing(3, "speed=1", "disable-bt.dtbo"),
            nothing(4, "x", "disable-bt.dtbo"),
            nothing(6, "y", "bcm2710-rpi-3-b.dtb"),
            "line 7 of config.txt: miniuart-bt is applied once more".to_owned(),
        ]
    );
    let card = card.with("bcm2710-rpi-3-b.dtb", "..__overrides__\0..");
    let told =
        "line 1 of config.txt sets the parameter audio=on of bcm2710-rpi-3-b.dtb, which is not";
    assert!(card.refused("3 Model B").starts_with(told), "{}", card.refused("3 Model B"));
}

#[test]
fn what_is_passed_over_is_found() {
    let long = format!("boot_delay=1{}\n#{0}\n", " ".repeat(90) + "2");
    let config = format!("{long}enabel_uart=1\nhdmi_group:1=2\nenable_uart\n[all]\n[pi4\n");
    let card = Partition::new(&config).with("cmdline.txt", "a b\n\nc\n");
    let boot = card.on("3 Model B");
    assert_eq!(
        findings(&boot),
        [
            "line 1 of config.txt: what stands behind the first 98 bytes is not read",
            "line 3 of config.txt: the firmware knows no enabel_uart",
            "line 5 of config.txt: this is neither a setting nor a filter nor a comment",
            "line 7 of config.txt: this is neither a setting nor a filter nor a comment",
            "line 2 of cmdline.txt: what stands behind the first line is not read",
        ]
    );
    assert_eq!((boot.command_line.as_str(), boot.enable_uart), ("a b", false));
    let reason = card.with("cmdline.txt", "\nroot=/dev/x\n").refused("3 Model B");
    assert!(reason.starts_with("cmdline.txt says nothing in its first line"), "{reason}");
}
